"""The answer to ``usage fit 2h`` or ``fit 20%``, made from the pack, see fit_menu.py.

Each line of the pack begins with a letter and a tab: TEXTS, HINT, ODD, EMPTY, or one of state/fit.py. Like
feed.py this file runs at each call of the launcher, outside of any package, so it imports nothing.
"""

TEXTS, HINT, ODD, EMPTY = "T", "H", "O", "E"
VERDICT, REASON, ICON, TYPED = "\x93v", "\x93r", "\x93i", "\x93t"  # placeholders in a row's JSON
SHOWN = 40  # characters of the typed text that a row repeats
ORDER = ("enough", "tight", "not_enough", "unknown")
BETWEEN = " · "

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Optional

    from ..state.fit import Account, Verdict

    Judged = list[tuple[Account, Verdict]]


def fitting(
    body: bytes, text: str, now: float, judge: "Callable[[str, list[str], float], Optional[Judged]]"
) -> bytes:
    """Return the Script Filter answer.

    Args:
        body: the list of the pack, with its moving values filled in.
        text: the text typed behind the keyword.
        now: epoch seconds.
        judge: ``fit.verdicts``.

    Raises ValueError if the body is not ours.
    """
    lines = body.decode().split("\n")
    parts = [line.split("\t") for line in lines]
    rows = [part[1] for part in parts if part[0] == EMPTY]
    judged = None if rows else judge(text, lines, now)
    if judged is not None:
        (texts,) = [part[1:] for part in parts if part[0] == TEXTS]
        shown = [each for each in judged if each[0].place != "hidden"]
        shown.sort(key=lambda each: ORDER.index(each[1].kind))
        rows = [_row(account, verdict, texts) for account, verdict in shown]
    elif not rows:
        rows = _hints(text.strip(), parts)
    return ('{"skipknowledge":true,"items":[' + ",".join(rows) + "]}").encode("utf-8", "replace")


def _row(account: "Account", verdict: "Verdict", texts: "list[str]") -> str:
    place = ORDER.index(verdict.kind)
    icon, skeleton = account.rest.split(" ", 1)
    row = skeleton.replace(VERDICT, _escaped(texts[place]))
    row = row.replace(ICON, icon.split("|")[place])
    return row.replace(REASON, _escaped(BETWEEN.join(_reasons(account, verdict, *texts[4:]))))


def _reasons(account: "Account", verdict: "Verdict", stale: str, no_share: str) -> "list[str]":
    lane, why = verdict.lane, verdict.why
    if lane is None or why == "no_number":
        return [stale if why == "stale" else account.reason]
    leads = {"stale": stale, "no_share": no_share, "outlook": lane.outlook}
    return [part for part in (leads.get(why, ""), lane.amount, lane.reset) if part]


def _hints(text: str, parts: "list[list[str]]") -> "list[str]":
    """Return the hints that begin with the text, or else all hints and a row that rejects the text."""
    hints = [part[1:] for part in parts if part[0] == HINT]
    rows = [row for beginning, row in hints if beginning.startswith(text)]
    if rows:
        return rows
    typed = _escaped(text[:SHOWN])
    odd = [part[1].replace(TYPED, typed) for part in parts if part[0] == ODD]
    return odd + [row for _, row in hints]


def _escaped(text: str) -> str:
    """Escape a text for the inside of a JSON string."""
    kept = "".join(letter for letter in text if letter >= " ")
    return kept.replace("\\", "\\\\").replace('"', '\\"')
