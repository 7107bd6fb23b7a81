"""``python -m scripts.tools.pictures`` draws all pictures, and writes the Gallery's page."""

from __future__ import annotations

import os
import sys
import time

from scripts.tools.pictures import gallery, pictures


def main() -> None:
    """Draw the pictures of the README and of Alfred's Gallery."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    for path in (*pictures.draw(), *gallery.write()):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
