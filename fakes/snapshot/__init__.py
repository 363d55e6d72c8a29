"""A world written as plain records, and made again from them."""
