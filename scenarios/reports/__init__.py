"""Reports of the outcomes of scenarios: for the terminal, browsers, programs and continuous integration."""

from __future__ import annotations
