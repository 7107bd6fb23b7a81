"""The terminal's input and output: tables, wrapped text, languages, hidden prompts.

No verb lives here, and no provider is asked.
"""
