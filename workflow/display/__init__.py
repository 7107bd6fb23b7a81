"""Usage in words for people: rows, numbers, times, summaries. No launcher and no terminal is known here,
and nothing is written to disk.
"""
