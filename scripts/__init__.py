"""Small entry points, one per verb: they parse, call and print."""
