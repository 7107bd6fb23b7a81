"""Pasted text, cleaned and taken apart: its words and the addresses in it. What it is and whose is not known
here, and nothing of it is kept.
"""
