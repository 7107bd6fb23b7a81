"""How the command speaks and listens: tables, folded text, languages, hidden prompts. No verb lives here,
and nothing is asked of a provider.
"""
