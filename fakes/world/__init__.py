"""The worlds: what an author declares, what exists at a moment, and what callers and tests may do to it."""
