"""Small entry points, one per verb: parse, call, print."""
