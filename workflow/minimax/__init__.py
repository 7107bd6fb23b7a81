"""What only MiniMax needs, and has no room in the file of its provider: the rows of a plan. Nobody but
that file looks in here.
"""
