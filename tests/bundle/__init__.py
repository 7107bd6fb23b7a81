"""The built workflow, installed as Alfred does, for all tests that run from there."""
