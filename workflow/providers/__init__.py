"""The providers, one file each, found by the name of the file. None imports another, and nothing has to
be registered elsewhere.
"""
