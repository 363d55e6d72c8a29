"""Channels to the services of the same process, without a socket."""
