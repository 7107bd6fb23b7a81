"""Secrets: the system's secret store, and the generations of each secret in it. Only this package uses
``keyring``, and nothing here prints, logs or shows a secret.
"""
