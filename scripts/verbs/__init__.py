"""The verbs of the command, one file each: they parse, call and print.

None is a script of its own. The work is done in ``workflow``.
"""
