"""What was pasted or found: which credential it is, and whose. Nothing is asked over the network, and
nothing is stored.
"""
