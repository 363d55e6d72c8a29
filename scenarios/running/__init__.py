"""Running scenarios: their steps are done by a client, and what comes of them is checked."""
