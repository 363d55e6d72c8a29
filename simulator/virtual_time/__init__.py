"""Let clients wait in the time of a simulator's world."""
