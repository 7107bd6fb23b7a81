#!/usr/bin/python3 -IS
"""The ``tankful`` command: print the list from the pack if possible, else run the verb."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":  # run by a launcher: make our packages importable
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import bootstrap

    bootstrap.prepare()


def main() -> None:
    """Run the command line of this process; if a package is missing, one line says so."""
    _open_streams()
    try:
        _run()
    except ModuleNotFoundError as error:
        from scripts import fallback

        sys.exit(f"tankful: {fallback.translate(fallback.reason(error))}")


def _run() -> None:
    if sys.argv[1:] == ["statusline"]:  # fast, since Claude Code waits for it
        from scripts.terminal import status_line

        if status_line.answered():
            return
    from scripts.terminal import served_list, signs

    signs.speak_what_can_be_shown()
    if not served_list.answered(sys.argv[1:]):
        from scripts import bootstrap

        bootstrap.hurry()
        from workflow.system import lazy_imports

        lazy_imports.put_off_rare()
        from scripts import commands

        commands.main(prog_name="tankful")


def _open_streams() -> None:
    """Open the standard streams that the caller closed, whose numbers would go to the next files."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


if __name__ == "__main__":
    main()
