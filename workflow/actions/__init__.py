"""What a user does with accounts: add one, edit it, be led through it by dialogs. Nothing is rendered
here, and no launcher is known.
"""
