"""The limits of a plan as reported by Codex, OpenAI's program: starting it, talking to it, reading its answers.

Codex's credentials are never read, and nothing is sent to OpenAI from here: Codex itself asks OpenAI.
"""
