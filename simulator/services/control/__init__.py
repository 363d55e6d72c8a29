"""The control service: what a test in the simulator's process can ask of it, for programs in other processes."""
