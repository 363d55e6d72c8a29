"""Processes that run scenarios: their outcomes come back as lines of JSON, in the order that was asked for."""

from __future__ import annotations
