"""What a browser shows of a simulator: the dashboard, and the timeline that reports share with it."""
