"""Secrets: the secret store and the generations of a secret in it. Nothing else of the product touches
``keyring``, and nothing here prints, logs or shows a secret.
"""
