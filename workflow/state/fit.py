"""Judge whether what is left of an account is enough: a share or an amount, or for a length of time.

Pure: the numbers were worked out when they were stored. Moments are epoch seconds. Like feed.py this file
runs at each call of the launcher, outside of any package, so it imports nothing.
"""

ENOUGH, TIGHT, NOT_ENOUGH, UNKNOWN = "enough", "tight", "not_enough", "unknown"
WORST = (NOT_ENOUGH, UNKNOWN, TIGHT, ENOUGH)
NEVER = float("inf")
ALERTED = NEVER  # as ``least`` of a balance: below the alert set at its provider, so it is low
MARGIN = 5  # points; with less than this above the wanted share it is tight
MONTH = 30 * 86400  # seconds; also of the window of a calendar month, whatever its length
SPANS = {
    **dict.fromkeys(("m", "min", "minute", "minutes", "分", "分钟"), 60),
    **dict.fromkeys(("h", "hour", "hours", "小时", "个小时", "时"), 3600),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 86400),
    **dict.fromkeys(("w", "week", "weeks", "周", "星期", "个星期"), 604800),
    **dict.fromkeys(("mo", "month", "months", "月", "个月"), MONTH),
}
REFUSED = "refused"  # the state of an account that only its user can mend
PERCENT = ("%", "percent")
LONGEST = 10 * 366 * 86400  # seconds that can be asked for
SURE = ("hardly_used", "unlimited")  # reasons against a forecast that mean it will last
LANE, ACCOUNT = "L", "A"
GAP = "\t"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


class Lane:
    """One quota or balance of an account.

    Args:
        kind: "quota", "balance", or "count" for a quota without a limit.
        role: as in ``models.Quota``; the first lane of an account is its headline.
        left: the share left in percent, or the amount; a share below zero is unknown.
        least: the share or amount at which it is low, or ALERTED.
        resets_at: when a quota resets; NEVER if unknown.
        tight_at: when it is forecast to be nearly used up.
        out_at: when it is forecast to be used up.
        until: how long the forecast is valid.
        why: the reason why there is no forecast; "" if there is one.
        names: the names of its window, separated by "|".
        amount: what is left, as text.
        reset: when it resets, as text.
        outlook: the forecast, as text.
        unit: that of a balance or a count, and of ``count``; "" for a quota that has none.
        count: how much is left of a quota in its unit; below zero if unknown.
        counted: that as text.
        length: of its window in seconds; 0 if unknown.
    """

    def __init__(
        self,
        kind: str,
        role: str,
        left: "str | float",
        least: "str | float",
        resets_at: "str | float",
        tight_at: "str | float",
        out_at: "str | float",
        until: "str | float",
        why: str = "",
        names: str = "",
        amount: str = "",
        reset: str = "",
        outlook: str = "",
        unit: str = "",
        count: "str | float" = -1,
        counted: str = "",
        length: "str | float" = 0,
    ) -> None:
        self.kind, self.role, self.why, self.names = kind, role, why, names
        self.left, self.least = float(left), float(least)
        self.resets_at, self.until = float(resets_at), float(until)
        self.tight_at, self.out_at = float(tight_at), float(out_at)
        self.amount, self.reset, self.outlook, self.unit = amount, reset, outlook, unit
        self.count, self.counted, self.length = float(count), counted, float(length)

    def fields(self) -> "list[object]":
        """Return the arguments that make this lane again."""
        ends = (self.resets_at, self.tight_at, self.out_at, self.until)
        texts = (self.why, self.names, self.amount, self.reset, self.outlook, self.unit)
        numbers = (self.left, self.least, *ends)
        return [self.kind, self.role, *numbers, *texts, self.count, self.counted, self.length]

    def as_count(self) -> "Lane":
        """Return a quota as the count that is left of it; the lane itself if that is unknown or it has none."""
        if self.kind != "quota" or self.count < 0 or not self.left:
            return self
        ends = (self.resets_at, self.tight_at, self.out_at, self.until)
        texts = (self.why, self.names, self.counted, self.reset, self.outlook, self.unit)
        return Lane("count", self.role, self.count, 0, *ends, *texts)


class Account:
    """The numbers of an account, as the pack has them.

    Args:
        id: the account's id.
        place: "work", "hidden" (not shown in launchers) or "aside" (not a service to work with).
        name: as every face shows it.
        fetched_at: when its numbers were fetched.
        max_age: seconds for which they are fresh enough, unless the question says otherwise.
        state: "", or why its numbers do not count: "failed", REFUSED, "never", "blocked".
        changes_at: when a block ends, or before when a provider that failed is not asked again.
        reason: the state as text.
        remedy: the state with the command that helps, for a shell; "" if the reason is all there is to say.
        rest: further data of a face.
    """

    def __init__(
        self,
        id: str,
        place: str,
        name: str,
        fetched_at: "str | float",
        max_age: "str | float",
        state: str = "",
        changes_at: "str | float" = NEVER,
        reason: str = "",
        remedy: str = "",
        rest: str = "",
    ) -> None:
        self.id, self.place, self.name, self.state, self.reason = id, place, name, state, reason
        self.fetched_at, self.max_age = float(fetched_at), float(max_age)
        self.changes_at, self.remedy, self.rest = float(changes_at), remedy, rest
        self.lanes: list[Lane] = []

    def fields(self) -> "list[object]":
        """Return the arguments that make this account again, without its lanes."""
        times = (self.fetched_at, self.max_age, self.state, self.changes_at)
        return [self.id, self.place, self.name, *times, self.reason, self.remedy, self.rest]

    def may_answer(self, now: float) -> bool:
        """Tell whether its numbers may come by asking the provider, rather than by waiting or by the user."""
        if self.state == "failed":
            return self.changes_at == NEVER or self.changes_at <= now
        return self.state != REFUSED


class Wanted:
    """The question: a share or an amount left, for so long, with numbers of this age; None if not asked.

    Without share, amount and seconds the question is whether anything is low.
    """

    def __init__(
        self,
        share: "Optional[float]" = None,
        amount: "Optional[float]" = None,
        seconds: "Optional[float]" = None,
        window: str = "",
        max_age: "Optional[float]" = None,
    ) -> None:
        self.share, self.amount, self.seconds = share, amount, seconds
        self.window, self.max_age = " ".join(window.casefold().split()), max_age


class Verdict:
    """The verdict on an account: one of WORST, the reason ("amount", "outlook", "state" …), and the lane."""

    def __init__(self, kind: str, why: str, lane: "Optional[Lane]" = None) -> None:
        self.kind, self.why, self.lane = kind, why, lane


def verdicts(
    text: str, lines: "list[str]", now: float
) -> "Optional[list[tuple[Account, Verdict]]]":
    """Judge the accounts of these lines by what was typed; None if that is not understood.

    Raises ValueError if the lines are not ours.
    """
    wanted = wanted_of(text)
    if wanted is None:
        return None
    return [(account, judged(account, wanted, now)) for account in read(lines)]


def read(lines: "list[str]") -> "list[Account]":
    """Return the accounts of these lines, see ``written``. Raises ValueError for any other line."""
    accounts: list[Account] = []
    for line in lines:
        kind, *fields = line.split(GAP)
        try:
            if kind == ACCOUNT:
                accounts.append(Account(*fields))
            elif kind == LANE:
                accounts[-1].lanes.append(Lane(*fields))
        except (ValueError, TypeError, IndexError):
            raise ValueError(line) from None
    return accounts


def written(account: Account) -> "list[str]":
    """Return an account as lines; its texts have no tab and no line break."""
    rows = [[ACCOUNT, *account.fields()], *([LANE, *lane.fields()] for lane in account.lanes)]
    return [GAP.join(map(str, row)) for row in rows]


def judged(account: Account, wanted: Wanted, now: float) -> Verdict:
    """Judge an account as of now."""
    if account.state in ("failed", REFUSED, "never"):
        return Verdict(UNKNOWN, "state")
    lanes = _lanes(account, wanted, now)
    sums = [] if wanted.amount is None else _sums(account, lanes, wanted)
    levels = _levels(account, lanes, wanted)
    asked = sums if wanted.share is None and sums and not wanted.seconds else lanes + sums + levels
    max_age = account.max_age if wanted.max_age is None else wanted.max_age
    ends = min([account.changes_at, *(lane.resets_at for lane in asked)])
    if now - account.fetched_at > max_age or ends <= now:
        return Verdict(UNKNOWN, "stale", asked[0] if asked else None)
    if account.state == "blocked":
        return Verdict(NOT_ENOUGH, "state")
    if not lanes:
        return Verdict(UNKNOWN, "no_window" if wanted.window else "no_number")
    parts = [_of_share(lanes[0], wanted.share)] if wanted.share is not None else []
    parts += [_of_sum(lane, wanted.amount) for lane in sums if wanted.amount is not None]
    parts += _of_times(lanes, now + wanted.seconds, now) if wanted.seconds else []
    parts = parts or [_of_level(lane) for lane in levels]
    return min(parts, key=lambda part: WORST.index(part.kind))


def _lanes(account: Account, wanted: Wanted, now: float) -> "list[Lane]":
    """Return the lanes that decide, the first by its share: those of a window, or the headline.

    A quota that is the headline is joined by the binding lanes that are forecast to be used up, and where it
    is about time, by all that have a forecast.
    """
    lanes = account.lanes
    if wanted.window:
        return _of_window(lanes, wanted.window)
    first = lanes[:1]
    if not first or first[0].kind == "balance":
        return first
    binding = [lane for lane in lanes[1:] if lane.role == "binding"]
    return first + [
        lane
        for lane in binding
        if now < lane.out_at < NEVER or (wanted.seconds and not lane.why and now < lane.until)
    ]


def _of_window(lanes: "list[Lane]", window: str) -> "list[Lane]":
    """Return the lanes with this name, else those whose window is as long as "7d", "week" or "每周" says."""
    named = [lane for lane in lanes if window in lane.names.casefold().split("|")]
    text = window[1:] if window[:1] == "每" else window
    length = rounded(seconds(text) or seconds(f"1{text}") or 0)
    return named or [lane for lane in lanes if length and lane.length == length]


def _sums(account: Account, lanes: "list[Lane]", wanted: Wanted) -> "list[Lane]":
    """Return the lanes whose amount counts: that of a window, else the balance or the headline.

    It is joined by the binding quotas in the same unit, since they limit what can be used of it, unless it is
    a reserve, which pays when they are used up.
    """
    if wanted.window:
        return [lane.as_count() for lane in lanes[:1]]
    first = [lane for lane in account.lanes if lane.kind == "balance"][:1] or lanes[:1]
    if not first or first[0].role != "binding":
        return [lane.as_count() for lane in first]
    limits = [lane for lane in account.lanes if lane.role == "binding" and lane.count >= 0]
    others = [lane for lane in limits if lane is not first[0] and lane.unit == first[0].unit]
    return [lane.as_count() for lane in first + others]


def _levels(account: Account, lanes: "list[Lane]", wanted: Wanted) -> "list[Lane]":
    """Return the lanes that may be low: the first, another balance with a threshold, and what a reserve pays for."""
    if not lanes or wanted.seconds or (wanted.share, wanted.amount) != (None, None):
        return []  # another question is asked of them
    first, beside = lanes[0], [] if wanted.window else account.lanes
    if first.kind == "balance":
        beside = [lane for lane in beside if lane.kind == "balance" and lane.least]
    else:
        beside = [lane for lane in beside if lane.role == "binding" and first.role == "reserve"]
    return [first, *(lane for lane in beside if lane is not first)]


def _of_level(lane: Lane) -> Verdict:
    """Judge whether a lane is low."""
    if lane.left < 0 and lane.kind == "quota":
        return Verdict(UNKNOWN, "no_number", lane)
    if lane.kind == "count" and lane.left > 0 and not lane.least:
        return Verdict(UNKNOWN, "no_limit", lane)
    if lane.left <= max(lane.least, 0):
        return Verdict(NOT_ENOUGH, "amount", lane)
    return Verdict(_roomy(lane, lane.least), "amount", lane)


def _of_share(lane: Lane, share: float) -> Verdict:
    """Judge whether the wanted share is left; a balance and a count have none."""
    if lane.left < 0 and lane.kind == "quota":
        return Verdict(UNKNOWN, "no_number", lane)
    if lane.left <= 0:
        return Verdict(NOT_ENOUGH, "amount", lane)
    if lane.kind != "quota":
        return Verdict(UNKNOWN, "no_limit" if lane.kind == "count" else "no_share", lane)
    if lane.left < share:
        return Verdict(NOT_ENOUGH, "amount", lane)
    return Verdict(_roomy(lane, share), "amount", lane)


def _of_sum(lane: Lane, amount: float) -> Verdict:
    """Judge whether the wanted amount is left of a balance or a count, or it is without limit; a share is none."""
    is_endless = lane.left == NEVER and lane.unit
    if lane.left and lane.kind == "quota" and not is_endless:
        return Verdict(UNKNOWN, "no_balance", lane)
    is_enough = lane.left > 0 and lane.left >= amount
    return Verdict(ENOUGH if is_enough else NOT_ENOUGH, "amount", lane)


def _roomy(lane: Lane, least: float) -> str:
    """Return whether more than the least share is left, or hardly more."""
    return TIGHT if lane.kind == "quota" and lane.left < least + MARGIN else ENOUGH


def _of_times(lanes: "list[Lane]", horizon: float, now: float) -> "list[Verdict]":
    """Judge lanes by time, first what runs out first, and what resets within the time last."""
    lanes = sorted(lanes, key=lambda lane: (lane.out_at, lane.resets_at <= horizon))
    return [_of_time(lane, horizon, now) for lane in lanes]


def _of_time(lane: Lane, horizon: float, now: float) -> Verdict:
    """Judge whether a lane lasts until a moment, or until its reset if that comes first."""
    if lane.left == 0 or (lane.kind == "balance" and lane.left < 0):
        return Verdict(NOT_ENOUGH, "amount", lane)
    if lane.why in SURE:
        return Verdict(ENOUGH, "amount", lane)
    if lane.why or lane.until <= now:
        return Verdict(UNKNOWN, "outlook" if lane.why else "stale", lane)
    if lane.out_at <= horizon:
        return Verdict(NOT_ENOUGH, "outlook", lane)
    return Verdict(TIGHT if lane.tight_at <= horizon else ENOUGH, "outlook", lane)


def wanted_of(text: str) -> "Optional[Wanted]":
    """Read a question like "2h", "1h 30m", "20%" or "20 percent"; None for anything else."""
    text = narrow(text).strip().casefold()
    if text.endswith(PERCENT):
        share = percent(text)
        return None if share is None else Wanted(share)
    length = seconds(text)
    return Wanted(seconds=length) if length else None


def percent(text: str) -> "Optional[float]":
    """Read a percentage from 0 to 100, like "20%", "20 percent" or "20"; None for anything else."""
    text = narrow(text).strip().casefold()
    for sign in PERCENT:
        if text.endswith(sign):
            text = text[: -len(sign)]
            break
    share = number(text)
    return share if share is not None and share <= 100 else None


def seconds(text: str) -> "Optional[float]":
    """Read a length of time like "90m", "1h 30m", "2 days", in seconds; None for anything else."""
    total, digits, unit = 0.0, "", ""
    for letter in "".join(narrow(text).casefold().split()) + "0":
        if unit and (letter.isdigit() or letter == "."):
            count = number(digits)
            if count is None or unit not in SPANS:
                return None
            total, digits, unit = total + count * SPANS[unit], "", ""
        if letter.isdigit() or letter in ".,":
            digits += letter
        else:
            unit += letter
    return total if text.strip() and digits == "0" and total <= LONGEST else None


def rounded(length: float) -> float:
    """Return the length of a window in seconds, MONTH for that of any calendar month."""
    return MONTH if 28 * 86400 <= length <= 31 * 86400 else length


def narrow(text: str) -> str:
    """Replace the full-width forms of ASCII characters, which Chinese input methods type."""
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)


def number(text: str) -> "Optional[float]":
    """Read a plain number of zero or more, like "1.5", "1,5" or "1,000"; None for anything else."""
    text = with_point(text.strip())
    if not text.isascii() or not text.replace(".", "", 1).isdigit() or len(text) > 12:
        return None
    return float(text)


def with_point(number: str) -> str:
    """Write a number without thousands separators and with a decimal point: "1,5" is "1.5", "1,000" is "1000"."""
    first, *groups = number.partition(".")[0].split(",")
    is_grouped = first[:1] not in ("", "0") and len(first) <= 3 and {len(g) for g in groups} == {3}
    return number.replace(",", "" if is_grouped else ".")
