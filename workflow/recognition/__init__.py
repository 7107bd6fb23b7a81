"""Recognises credentials that were pasted, or that are on this machine: their kind and their provider. Nothing is
sent over the network, and only the ids of providers whose key was seen are stored.
"""
