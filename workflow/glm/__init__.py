"""What only GLM needs, and has no room in the file of its provider: its windows and its
subscription. Nobody but that file looks in here.
"""
