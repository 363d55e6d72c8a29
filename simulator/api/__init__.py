"""The API as clients know it: the .proto files, their messages in a private descriptor pool, and a client stub."""

from simulator.api import meta_pb2, pagination_pb2, restore_pb2, sort_pb2
from simulator.api.service import METHOD_NAMES, METHODS, PRODUCT, SERVICE, Method, RestoreServiceStub

__all__ = [
    "METHODS",
    "METHOD_NAMES",
    "PRODUCT",
    "SERVICE",
    "Method",
    "RestoreServiceStub",
    "meta_pb2",
    "pagination_pb2",
    "restore_pb2",
    "sort_pb2",
]
