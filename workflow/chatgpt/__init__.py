"""Code that only ChatGPT and Codex need: sessions, cookies, tokens, pages, limits. The provider itself is one
file in ``providers``, and no other provider uses this package.
"""
