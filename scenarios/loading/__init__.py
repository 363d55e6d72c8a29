"""From a file to a scenario that can be run, or to everything that is wrong with it."""
