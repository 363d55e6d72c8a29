"""Pictures of a timeline: what happened, when, to whom; for the browser and for the terminal."""

from __future__ import annotations
