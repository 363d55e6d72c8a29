"""Runs scenarios: a client does their steps, and the results are checked."""
