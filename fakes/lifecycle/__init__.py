"""The lifecycle of restores: the table of stages, the work in each, and the engine that walks them."""
