"""Mutation testing: changes one thing at a time in a module, and lists the changes that no test notices.

Run by hand.
"""
