"""Send requests to providers: timeouts, limits, proxies and certificates, over one connection to each server.

Only this room uses httpx. It knows no provider and no account.
"""
