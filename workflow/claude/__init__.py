"""The limits of a plan as Claude Code passes them to its status line: stored and shown.

No credential is read here and nothing is sent anywhere; a plan's sign-in token stays with Claude Code.
"""
