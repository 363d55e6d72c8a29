"""Exploration: run a client against many random fault schedules, and find the smallest that breaks it."""

from scenarios.exploration.exploring import explore
from scenarios.exploration.findings import Exploration, Finding
from scenarios.exploration.strategies import rule_sets

__all__ = ["Exploration", "Finding", "explore", "rule_sets"]
