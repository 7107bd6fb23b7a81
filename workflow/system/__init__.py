"""The desktop: clipboard, dialogs, the system's preferences, late imports. Nothing of the product's own
nouns is known here.
"""
