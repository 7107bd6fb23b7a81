"""The contract of a provider: what one is, how it is found, asked and read. No provider is named here, and
none lives here.
"""
