"""Parts of the OpenAI provider that are too long for its file: its counters, its spend limit and its older
billing pages. Only that file uses them.
"""
