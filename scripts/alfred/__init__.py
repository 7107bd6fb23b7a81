"""The entry points for Alfred: submenus, actions at a key, adding an account.

The work is done in ``workflow``.
"""
