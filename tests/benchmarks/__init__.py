"""Benchmarks of keystrokes, lists, actions and refreshes. Run by hand, not by pytest."""
