"""Parts of the KIMI provider that are too long for its file: the windows and the wallet of Kimi Code. Only that
file uses them.
"""
