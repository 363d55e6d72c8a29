"""Reports of what came of scenarios: for the terminal, for browsers, for programs and for continuous integration."""

from __future__ import annotations
