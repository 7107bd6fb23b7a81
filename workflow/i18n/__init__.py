"""The sentences of the product in every language. Nothing here decides which one to show."""
