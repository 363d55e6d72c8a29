"""The ways in which calls reach the services."""
