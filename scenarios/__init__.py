"""Scenarios: what is done to a simulator and expected of it, written in YAML and run by one command."""

from __future__ import annotations

from simulator.origin import require_our_own

require_our_own("simulator")
