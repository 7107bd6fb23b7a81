"""Usage as text for people: rows, numbers, times, summaries.

No launcher and no terminal is known here, and nothing is written to disk.
"""
