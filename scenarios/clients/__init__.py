"""Clients under test: run one against a simulator within limits, and judge what it did."""
