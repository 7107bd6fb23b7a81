"""Parses the TOML file that declares a user's own provider, strictly; errors name the line or the key.

The file contains no code: one GET request, one header, and pointers to the numbers in the answer.
"""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from typing import Any, Literal, cast, get_args

from ..errors import Mistake
from ..i18n.message import Message, _, enumerated
from ..records import dataclass
from . import address
from .pointers import is_pointer
from .reading import MAX_TEXT, Fields, number, short, text

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Time = Literal["unix_s", "unix_ms", "iso8601", "seconds_left"]
TIMES: tuple[Time, ...] = get_args(Time)
MAX_BYTES = 16 * 1024
MAX_NUMBERS = 16  # quotas and balances of one file
_ID = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
_LINE = re.compile(r"line (\d+)")
_BROKEN: Message = _("line {line} is not valid TOML: {reason}")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}", re.ASCII)
_FORBIDDEN = ("host", "cookie", "content-length", "connection", "transfer-encoding", "user-agent")
_UNIT = re.compile(r"%|[A-Z]{3}|[a-z]{1,20}", re.ASCII)
_URL = re.compile(r"(https?://[^/?#\s]+)(/[^\s#\"<>\\{}]{0,400})?", re.ASCII)
_TOP = ("name", "url", "header", "value", "plan", "dashboard", "ok", "quotas", "balances")
_POINTED = ("used", "limit", "remaining", "percent", "resets_at")
_QUOTA = ("label", *_POINTED, "unit", "divide", "time", "window_seconds")
_BALANCE = ("available", "unit", "divide")


class Fault(Mistake):
    """A file that cannot be used; ``message`` names the line or the key."""


@dataclass(frozen=True)
class DeclaredQuota:
    """The pointers to the numbers of one quota; "" for one that is not given."""

    label: str
    used: str
    limit: str
    remaining: str
    percent: str
    resets_at: str
    unit: str
    divide: Decimal
    time: Time
    window: int | None


@dataclass(frozen=True)
class DeclaredBalance:
    """The pointer to the amount of one balance."""

    available: str
    unit: str
    divide: Decimal


@dataclass(frozen=True)
class Declaration:
    """The content of one file."""

    id: str
    name: str
    url: str
    origin: str
    header: str
    value: str  # with {key}
    plan: str
    dashboard: str
    ok: tuple[tuple[str, Any], ...]
    quotas: tuple[DeclaredQuota, ...]
    balances: tuple[DeclaredBalance, ...]

    @property
    def pointers(self) -> tuple[str, ...]:
        """All pointers, each to a value that is read in an answer."""
        numbers = [getattr(quota, name) for quota in self.quotas for name in _POINTED]
        numbers += [balance.available for balance in self.balances]
        return tuple(filter(None, (*dict(self.ok), self.plan, *numbers)))


def read(id: str, content: bytes) -> Declaration:
    """Parse a file. Raises Fault.

    Args:
        id: the file's name without its ending.
        content: the file's content.
    """
    if not _ID.fullmatch(id):
        raise Fault(
            _("a file name has only lower-case letters, digits and hyphens, such as acme.toml")
        )
    if len(content) > MAX_BYTES:
        raise Fault(_("the file is larger than 16 KB"))
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise Fault(_("the file is not UTF-8")) from None
    except (ValueError, RecursionError) as error:  # also of a number or a nesting beyond reason
        reason, _at, place = str(error)[:200].partition(" (at ")
        line = _LINE.search(place)
        last = content.rstrip().count(b"\n") + 1
        where = int(line[1]) if line else last
        raise Fault(_BROKEN.filled(line=where, reason=text(reason) or "?")) from None
    return _declaration(id, table)


def _declaration(id: str, table: Fields) -> Declaration:
    _check_keys(table, _TOP, "")
    name = _text(table, "name", "")
    url = _text(table, "url", "")
    origin = _origin("url", url)
    header = _text(table, "header", "", "Authorization")
    value = _text(table, "value", "", "Bearer {key}")
    if not _HEADER.fullmatch(header) or header.lower() in _FORBIDDEN:
        raise _wrong("header", _("the name of a header, such as Authorization"))
    if value.count("{key}") != 1 or not (value.isascii() and value.isprintable()):
        raise _wrong("value", _("text that contains {key} once", key="{key}"))
    quotas = tuple(_quota(each, f"quotas[{i}].") for i, each in enumerate(_tables(table, "quotas")))
    for i, quota in enumerate(quotas):
        if quota.label in (each.label for each in quotas[:i]):
            raise _wrong(f"quotas[{i}].label", _("a name that no other quota has"))
    balances = tuple(
        _balance(each, f"balances[{i}].") for i, each in enumerate(_tables(table, "balances"))
    )
    if not 0 < len(quotas) + len(balances) <= MAX_NUMBERS:
        raise Fault(_("one to {most} of [[quotas]] and [[balances]] are needed", most=MAX_NUMBERS))
    dashboard = _text(table, "dashboard", "", f"{origin}/")
    _origin("dashboard", dashboard)
    return Declaration(
        id,
        name,
        url,
        origin,
        header,
        value,
        _pointer(table, "plan", ""),
        dashboard,
        _ok(table),
        quotas,
        balances,
    )


def _origin(key: str, url: str) -> str:
    """Return the origin of a URL. Raises Fault unless it is HTTPS, this machine or a private network."""
    match = _URL.fullmatch(url)
    if match is None:
        raise _wrong(key, _("an address that begins with https://"))
    try:
        return address.normalised(match[1])
    except Mistake as error:
        raise Fault(_("{file}: {why}", file=key, why=error.message)) from None


def _ok(table: Fields) -> tuple[tuple[str, Any], ...]:
    values = table.get("ok", {})
    if not isinstance(values, dict):
        raise _wrong("ok", _("a table of pointers and values"))
    for pointer, value in values.items():
        if not is_pointer(pointer) or not isinstance(value, (str, int)):
            raise _wrong(f"ok.{pointer[:40]}", _("a pointer, with a text, a number or true"))
    return tuple(values.items())


def _quota(table: Fields, place: str) -> DeclaredQuota:
    _check_keys(table, _QUOTA, place)
    pointers = {name: _pointer(table, name, place) for name in _POINTED}
    if not any(pointers[name] for name in _POINTED[:4]):
        raise _wrong(f"{place}used", _("at least one of used, limit, remaining or percent"))
    window = table.get("window_seconds")
    if window is not None and (type(window) is not int or not 0 < window < 10**9):
        raise _wrong(f"{place}window_seconds", _("a whole number of seconds"))
    time = table.get("time", "iso8601")
    if time not in TIMES:
        raise _wrong(f"{place}time", enumerated(TIMES))
    label = _text(table, "label", place)
    unit, divide = _unit(table, place), _divide(table, place)
    return DeclaredQuota(
        label, **pointers, unit=unit, divide=divide, time=cast("Time", time), window=window
    )


def _balance(table: Fields, place: str) -> DeclaredBalance:
    _check_keys(table, _BALANCE, place)
    available = _pointer(table, "available", place)
    if not available:
        raise _wrong(f"{place}available", _("a pointer such as /data/quota"))
    return DeclaredBalance(available, _unit(table, place), _divide(table, place))


def _check_keys(table: Fields, known: tuple[str, ...], place: str) -> None:
    for name in table:
        if name not in known:
            shown = f"{place}{short(name) or '?'}"
            names = enumerated(known)
            raise Fault(_("{key}: there is no such key; known: {names}", key=shown, names=names))


def _tables(table: Fields, name: str) -> list[Fields]:
    several = table.get(name, [])
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several):
        raise _wrong(name, Message.quoted(f"[[{name}]]"))
    return several


def _text(table: Fields, name: str, place: str, usual: str = "") -> str:
    value = table.get(name, usual)
    if not isinstance(value, str) or not value.strip() or text(value, MAX_TEXT * 2) != value:
        raise _wrong(f"{place}{name}", _("a line of text"))
    return value


def _pointer(table: Fields, name: str, place: str) -> str:
    pointer = table.get(name, "")
    if not isinstance(pointer, str) or not is_pointer(pointer):
        raise _wrong(f"{place}{name}", _("a pointer such as /data/quota"))
    return pointer


def _unit(table: Fields, place: str) -> str:
    unit = table.get("unit", "%" if "percent" in table else "credits")
    if not isinstance(unit, str) or not _UNIT.fullmatch(unit):
        raise _wrong(f"{place}unit", _("%, a currency such as USD, or a word such as credits"))
    return unit


def _divide(table: Fields, place: str) -> Decimal:
    divisor = number(table.get("divide", "1"))
    if not isinstance(table.get("divide", "1"), str) or divisor is None or divisor <= 0:
        raise _wrong(f"{place}divide", _('a number above zero in quotes, such as "500000"'))
    return divisor


def _wrong(key: str, wanted: Message) -> Fault:
    return Fault(_("{key}: expected {wanted}", key=key, wanted=wanted))
