"""What only KIMI needs, and has no room in the file of its provider: the windows and the wallet of Kimi
Code. Nobody but that file looks in here.
"""
