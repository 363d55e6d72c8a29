"""How long tests wait, in real time, for what comes at once unless the machine is busy."""

PATIENCE_SECONDS = 60
