"""Scenarios: what is done to a simulator and expected of it, written in YAML and run by one command.

Nothing is imported here: pytest imports this package with the plugin each time it starts, wherever that is installed.
"""
