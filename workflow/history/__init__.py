"""The history: samples of every number, past windows and visits, in one SQLite file.

Nothing here writes a sentence about a number or knows a provider.
"""
