"""What has happened and what can be asked of it: events, the timeline, finished restores, lists."""
