"""The control service: what a test can do with a simulator in its process, for programs in other processes."""
