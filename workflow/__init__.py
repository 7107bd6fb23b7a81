"""Tankful: what is left of every API account a person pays for."""

__version__ = "0.1.0"
