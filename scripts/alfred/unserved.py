"""Render a list for the launcher if neither the feed nor the pack has it."""

from __future__ import annotations

from collections.abc import Callable

from scripts import bootstrap


def answer(menu: bool, serve: Callable[[bool], bytes | None]) -> bytes:
    """Return the list of accounts, or a submenu. Raises Mistake.

    ``serve`` tries to serve it again, after another process has rendered it.
    """
    bootstrap.prepare()
    if menu:
        from scripts.alfred import menu as lists

        return lists.answer()
    from workflow.alfred import pending

    awaited = serve(menu) if pending.wait() else None
    if awaited:
        return awaited
    from scripts.alfred import render

    return render.answer()
