"""Turns a file into a scenario that can be run, or into a list of everything that is wrong with it."""
