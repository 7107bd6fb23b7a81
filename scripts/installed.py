"""The package ``tankful`` of a wheel: our folders lie within it, so that no other package is in their way."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command from this folder, whatever else is called ``workflow`` or ``scripts``."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from scripts.tankful import main as command

    command()
