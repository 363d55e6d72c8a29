"""The format of scenarios: what a document may hold, as models, and as a JSON Schema made from them."""
