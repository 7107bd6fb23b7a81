"""Gateways (relays) at a user's own address: detection of the kind, and reading of each kind's numbers. No
account is stored here, and no address is searched for.
"""
