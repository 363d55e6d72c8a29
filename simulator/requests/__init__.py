"""Requests built from names, as tests and scenarios write them."""

from simulator.requests.requests import Naming, Requests

__all__ = ["Naming", "Requests"]
