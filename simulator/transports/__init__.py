"""The ways by which calls reach the services."""
