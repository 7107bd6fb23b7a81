"""Tankful: what is left of every API account a person pays for."""

__version__ = "0.1.0"
__author__ = "Tankful"
__url__ = ""  # the project's public address; while it has none, nothing links to it
