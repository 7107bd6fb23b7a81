"""How moments are said: ages, countdowns, clock times, in both languages.

A rendered text carries every moving value as a marker, ``START kind epoch : text END``, that ``fill``
replaces against the clock. The keystroke path imports this, so it needs nothing but ``time``.

kinds: ``a`` age · ``r`` reset ("resets in 2d 4h (Fri 18:40)", later "has reset") · ``i`` countdown
("in 2d 4h (Fri 18:40)", later its
text or "now") · ``u`` text shown until the epoch · ``f`` text shown from the epoch on.
"""

from __future__ import annotations

from time import localtime

START, END = "\x11", "\x12"

_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_ZH_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def mark(kind: str, epoch: float, text: str = "") -> str:
    """A marker that ``fill`` replaces."""
    return f"{START}{kind}{int(epoch)}:{text}{END}"


def fill(text: str, now: float, language: str, hours24: bool) -> str:
    """The text with every marker said as of ``now`` (epoch seconds)."""
    first, *parts = text.split(START)
    if not parts:
        return text
    said = [first]
    add = said.append
    for part in parts:
        marker, _, rest = part.partition(END)
        kind = marker[0]
        epoch, _, extra = marker[1:].partition(":")
        moment = int(epoch)
        if kind == "u":
            add(extra if now < moment else "")
        elif kind == "f":
            add(extra if now >= moment else "")
        elif kind == "a":
            add(age(moment, now, language))
        elif kind == "r":
            add(reset(moment, now, language, hours24))
        elif extra and now >= moment:
            add(extra)
        else:
            add(ahead(moment, now, language, hours24))
        add(rest)
    return "".join(said)


def age(then: float, now: float, language: str) -> str:
    """How long ago: "just now", "2m ago", "3h ago", "5d ago"."""
    seconds = now - then
    chinese = language == "zh"
    if seconds < 60:
        return "刚刚" if chinese else "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)}分钟前" if chinese else f"{int(seconds // 60)}m ago"
    if seconds < 86400:
        return f"{int(seconds // 3600)}小时前" if chinese else f"{int(seconds // 3600)}h ago"
    return f"{int(seconds // 86400)}天前" if chinese else f"{int(seconds // 86400)}d ago"


def countdown(seconds: float, language: str) -> str:
    """The two largest units, minutes rounded up: "2d 4h", "3h 20m", "12m"."""
    minutes = max(1, int(-(-seconds // 60)))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    d, h, m = ("天", "小时", "分钟") if language == "zh" else ("d", "h", "m")
    gap = "" if language == "zh" else " "
    if days:
        return f"{days}{d}{gap}{hours}{h}" if hours else f"{days}{d}"
    if hours:
        return f"{hours}{h}{gap}{minutes}{m}" if minutes else f"{hours}{h}"
    return f"{minutes}{m}"


def time_of_day(moment: float, language: str, hours24: bool) -> str:
    """The clock time in the local zone: "18:40", "6:40 PM", "下午6:40"."""
    at = localtime(moment)
    if hours24:
        return f"{at.tm_hour:02}:{at.tm_min:02}"
    hour, afternoon = at.tm_hour % 12 or 12, at.tm_hour >= 12
    if language == "zh":
        return f"{'下午' if afternoon else '上午'}{hour}:{at.tm_min:02}"
    return f"{hour}:{at.tm_min:02} {'PM' if afternoon else 'AM'}"


def day_and_time(moment: float, now: float, language: str, hours24: bool) -> str:
    """Clock time, with the weekday within a week and the date beyond, in the local zone."""
    at, today = localtime(moment), localtime(now)
    said = time_of_day(moment, language, hours24)
    if at[:3] == today[:3]:
        return said
    chinese = language == "zh"
    if abs(moment - now) < 6 * 86400:
        return f"{(_ZH_DAYS if chinese else _EN_DAYS)[at.tm_wday]} {said}"
    day = f"{at.tm_mon}月{at.tm_mday}日" if chinese else f"{at.tm_mday} {_EN_MONTHS[at.tm_mon - 1]}"
    if at.tm_year != today.tm_year:
        day = f"{at.tm_year}年{day}" if chinese else f"{day} {at.tm_year}"
    return f"{day} {said}"


def reset(moment: float, now: float, language: str, hours24: bool) -> str:
    """When an allowance comes back: countdown and clock time together."""
    if now >= moment:
        return "已重置" if language == "zh" else "has reset"
    left = countdown(moment - now, language)
    when = day_and_time(moment, now, language, hours24)
    return f"{left}后重置（{when}）" if language == "zh" else f"resets in {left} ({when})"


def ahead(moment: float, now: float, language: str, hours24: bool) -> str:
    """When something comes: "in 2d 4h (Fri 18:40)", or "now" when it is past."""
    if now >= moment:
        return "现在" if language == "zh" else "now"
    left = countdown(moment - now, language)
    when = day_and_time(moment, now, language, hours24)
    return f"{left}后（{when}）" if language == "zh" else f"in {left} ({when})"
