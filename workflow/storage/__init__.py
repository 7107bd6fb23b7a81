"""What lies on disk: accounts, snapshots, the last refresh, and how files are kept whole. What it means is
not known here, and no secret is among it.
"""
