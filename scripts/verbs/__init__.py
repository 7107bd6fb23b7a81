"""The verbs of the command, one file each: parse, call, print. None is a script of its own, and what they
do is done in ``workflow``.
"""
