"""Processes that answer questions: a line of JSON in, a line of JSON out, one after the other."""
