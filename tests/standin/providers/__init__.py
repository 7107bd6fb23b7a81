"""One module per provider: its synthetic keys, the answers to them, and its refusals.

A provider without state is a ``plain.Plain`` called ``SERVER``, which is found by the name of its file.
"""
