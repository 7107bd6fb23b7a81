"""One module per provider: its synthetic keys, what they see, and how it refuses."""
