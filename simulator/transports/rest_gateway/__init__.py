"""The services as JSON over HTTP, by their ``google.api.http`` annotations.

Importing this package loads prometheus-client, starlette and uvicorn, so only the HTTP port imports it.
"""

from simulator.transports.rest_gateway.access import OwnAddress
from simulator.transports.rest_gateway.app import app
from simulator.transports.rest_gateway.metrics import metrics_of
from simulator.transports.rest_gateway.server import HttpServer
from simulator.transports.rest_gateway.serving import serving_http

__all__ = ["HttpServer", "OwnAddress", "app", "metrics_of", "serving_http"]
