"""The contract of a provider, and what several providers share: discovery, requests, reading of answers. No
provider is named here, and none lives here.
"""
