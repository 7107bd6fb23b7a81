"""Parts of the MiniMax provider that are too long for its file: the rows of a plan. Only that file uses
them.
"""
