"""The desktop and the system: clipboard, dialogs, notifications, preferences, commands, lazy imports.

It knows none of the product's own nouns.
"""
