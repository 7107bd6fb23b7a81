"""Draw the pictures of the README and of Alfred's Gallery, with the accounts of ``examples``.

The fonts are those of this machine. ``python -m scripts.tools.pictures`` draws all; it needs Pillow.
"""
