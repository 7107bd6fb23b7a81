"""Parts of the GLM provider that are too long for its file: its windows and its subscription. Only that file
uses them.
"""
