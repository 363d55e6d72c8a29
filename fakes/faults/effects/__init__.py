"""The effects of rules on restores and on entities of the world, one in each file."""
