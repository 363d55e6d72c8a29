"""Faults: rules that say where, when and what goes wrong, and the effects on restores and on the world.

A set of rules is a plain value. What it does depends on nothing but the seed and on what happens in the world.
"""
