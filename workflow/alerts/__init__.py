"""Notifications: which limit was crossed, whether the user was notified already, and the text.

The rules are pure, the history's database is the lock; nothing here asks a provider.
"""
