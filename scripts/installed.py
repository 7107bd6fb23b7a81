"""The package ``tankful`` in a wheel; it contains our folders, so that their names clash with nothing."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command from this folder, even if other packages are called ``workflow`` or ``scripts``."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from scripts.tankful import main as command

    command()
