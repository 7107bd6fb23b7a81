"""The providers, one file each, which are found by their file names. None imports another, and nothing has to be
registered elsewhere.
"""
