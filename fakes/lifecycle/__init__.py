"""How restores come to their ends: the table of stages, the work in each, and the engine that walks them."""
