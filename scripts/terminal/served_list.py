"""Answer ``tankful`` and ``tankful --json`` from the pack, without click and without any computation.

The pack was made by the same code when the numbers changed. If it cannot be used (another language for this
call, a test server, no numbers yet), the verb answers.
"""

from __future__ import annotations

import os
import sys
from time import gmtime, strftime, time

from scripts.terminal import signs
from workflow import feed, paths
from workflow.alfred import pack

COMPLETING = "_TANKFUL_COMPLETE"  # set by a shell that asks for completions
PLAIN = "--plain"
SERVED = {  # arguments, and the part of the pack that answers them
    (): pack.TABLE,
    ("list",): pack.TABLE,
    (PLAIN,): pack.TABLE,
    ("list", PLAIN): pack.TABLE,
    ("prompt",): pack.LINE,
    ("prompt", "--json"): pack.LINE_JSON,
    ("--json",): pack.REPORT,
    ("list", "--json"): pack.REPORT,
}
_GENERATED = b'"generated_at": "%b"'

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def answered(arguments: list[str]) -> bool:
    """Print the pack's answer to this command line. Returns whether there was one."""
    name = SERVED.get(tuple(arguments))
    if not name or os.environ.get("TANKFUL_LOOPBACK") or os.environ.get(COMPLETING):
        return False
    content = served(name, _decline if name == pack.REPORT else _refresh)
    if content is None or (name == pack.REPORT and not _is_recent(content, time())):
        return False
    signs.install()
    try:
        _print(name, content, is_plain=PLAIN in arguments)
        sys.stdout.flush()
    except OSError as error:
        from scripts.terminal import output
        from scripts.terminal.language import translating

        with translating():
            output.give_up(error)
    return True


def served(name: str, due: Callable[[], bool]) -> bytes | None:
    """Read a part of the pack, as of now; None if it cannot be used. ``due`` is called once a refresh is due."""
    environ = os.environ
    try:
        content = pack.read(os.path.join(paths.cache(environ), pack.LISTS), name)
        stamp = feed.stamp(paths.data(environ))
        return feed.serve(environ, time(), content, stamp, due)
    except (OSError, ValueError):
        return None


def _refresh() -> bool:
    """Start the refresh that is due, without waiting for it."""
    from workflow.refresh import background

    background.start(os.environ)
    return False


def _decline() -> bool:
    """Leave a report to the verb once a refresh is due: nothing in it moves, and a quota may have reset since."""
    raise ValueError


def _is_recent(report: bytes, now: float) -> bool:
    """Tell whether a report is recent enough to be printed as current."""
    begin = report.find(_GENERATED[:17]) + 17
    at = report[begin : begin + 20].decode("ascii", "replace")
    oldest, newest = (
        strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(now + seconds))
        for seconds in (-pack.RECENT, feed.AHEAD)
    )
    return oldest <= at <= newest


def _print(name: str, content: bytes, *, is_plain: bool) -> None:
    if name == pack.REPORT:
        sys.stdout.buffer.write(content)
        return
    if name in (pack.LINE, pack.LINE_JSON):
        sys.stdout.write(content.decode() + "\n")
        return
    try:  # noqa: SIM105  (contextlib costs more than all of this)
        os.utime(os.path.join(paths.cache(os.environ), feed.LOOKED))  # note the visit
    except OSError:
        pass
    from scripts.terminal import table
    from workflow.display.table import unpacked

    (table.show_plainly if is_plain else table.show)(unpacked(content.decode()))
