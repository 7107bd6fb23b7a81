"""How the numbers of an account developed: points, a page with charts, a line for a terminal.

It reads the history and asks no provider; ``forecast`` and ``state`` decide what a number means.
"""
