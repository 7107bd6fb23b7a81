"""What Alfred reads: items, menus, the list and its feed. What an account's numbers mean is not decided
here, and nothing below imports this room.
"""
