"""Cleans pasted text and splits it into words and addresses. Which credential a word is, is not known here, and
nothing is stored.
"""
