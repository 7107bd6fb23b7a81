"""Measured by hand, not by pytest: what a keystroke costs, and what a refresh costs."""
