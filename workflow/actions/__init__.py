"""What a user does with accounts: add one, edit one, or be guided through it by dialogs.

Nothing is rendered here, and no launcher is known.
"""
