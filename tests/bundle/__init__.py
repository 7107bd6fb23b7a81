"""The built workflow, installed as Alfred would: for every test that wants to run from there."""
