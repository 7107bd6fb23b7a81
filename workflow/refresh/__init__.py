"""Ask the providers: about one account, about all that are due, in the foreground or the background.

Only this room and the actions ask a provider. Nothing is rendered here.
"""
