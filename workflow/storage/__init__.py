"""The files on disk: accounts, snapshots, the last refresh, and how they are written safely.

This room does not interpret what it stores. It never stores a secret.
"""
