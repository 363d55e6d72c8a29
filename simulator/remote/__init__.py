"""A simulator that runs in another process, with the surface of `simulator.Simulator`."""

from simulator.remote.connection import RemoteError
from simulator.remote.simulator import RemoteSimulator

__all__ = ["RemoteError", "RemoteSimulator"]
