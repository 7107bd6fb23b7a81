"""Render one of the launcher's submenus if the pack has none.

No provider, secret store or clipboard is used here, so their modules are not imported, and neither is
click.
"""

from __future__ import annotations

import os
import sys


def answer() -> bytes:
    """Return the list named by the variables, as of now. Raises Mistake."""
    from workflow.system import lazy_imports

    lazy_imports.put_off_rare()

    from workflow.alfred import lists, pack
    from workflow.system import builds

    content = lists.answer(os.environ)
    if os.environ.get("action") == pack.FIT:
        content = _fitting(content)
    if pack.key(os.environ) and builds.current():  # the guide's pages have just been written
        _serve()
    return content


def _fitting(content: bytes) -> bytes:
    from time import time

    from workflow.alfred import fit_answer
    from workflow.state import fit

    return fit_answer.fitting(content, " ".join(sys.argv[2:]), time(), fit.verdicts)


def _serve() -> None:
    """Render the pack again in the background, so that the next call is faster. Errors are ignored."""
    from contextlib import suppress

    from workflow.refresh import background

    with suppress(OSError):
        background.aside(_publish)


def _publish() -> None:
    from workflow.alfred import publish

    if not publish.is_under_way():
        publish.publish()
