"""The services of the product that the simulator serves."""

from __future__ import annotations

from simulator.services import restores
from simulator.services.service import Service

SERVICES: tuple[Service, ...] = (restores.SERVICE,)
"""A new one is a file of functions, a .proto file, and a name here."""
