"""Asking the providers: one account, all that are due, behind the scenes. Only this room and what a user
does with an account ask a provider, and nothing is rendered here.
"""
