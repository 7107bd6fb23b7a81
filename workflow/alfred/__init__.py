"""What Alfred reads: items, menus, the list and its feed.

Nothing here decides what an account's numbers mean, and no room below imports this one.
"""
