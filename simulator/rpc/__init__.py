"""The way of a call, from the bytes of the request to those of the response or a status, whatever the transport."""
