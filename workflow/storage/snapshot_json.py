"""Convert snapshots to plain JSON values and back, for the cache. Amounts are strings, times ISO 8601."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ..i18n.message import Message, Param
from ..models import Balance, Failure, Quota, Snapshot, Spend, Usage, WorkBlocked, utc
from ..records import fields


def pack(snapshot: Snapshot) -> dict[str, Any]:
    """Convert a snapshot to JSON values."""
    return {
        "account_id": snapshot.account_id,
        "usage": _usage(snapshot.usage) if snapshot.usage else None,
        "fetched_at": _time(snapshot.fetched_at),
        "failure": _plain(snapshot.failure) if snapshot.failure else None,
        "asked_at": _time(snapshot.asked_at),
    }


def unpack(value: dict[str, Any], sources: bytes = b"") -> Snapshot:
    """Convert the values of ``pack`` to a snapshot; ``Usage.sources`` is stored beside them.

    Raises ValueError, KeyError, TypeError or ArithmeticError for anything else.
    """
    return Snapshot(
        account_id=str(value["account_id"]),
        usage=_read_usage(value["usage"], sources) if value["usage"] else None,
        fetched_at=utc(value["fetched_at"]),
        failure=_read_failure(value["failure"]) if value["failure"] else None,
        asked_at=utc(value.get("asked_at")),
    )


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "quotas": [_plain(quota) for quota in usage.quotas],
        "balances": [_plain(balance) for balance in usage.balances],
        "spends": [_plain(spend) for spend in usage.spends],
        "plan": usage.plan,
        "notice": pack_message(usage.notice) if usage.notice else None,
        "blocked": _plain(usage.blocked) if usage.blocked else None,
        "endpoints": list(usage.endpoints),
        "is_changed": usage.is_changed,
    }


def _plain(record: Quota | Balance | Spend | WorkBlocked | Failure) -> dict[str, Any]:
    return {each.name: _value(getattr(record, each.name)) for each in fields(record)}


def _value(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Message):
        return pack_message(value)
    return _time(value) if isinstance(value, datetime) else value


def pack_message(message: Message) -> dict[str, Any]:
    """Convert a message to JSON values, its id and parameters, so that it can be translated later."""
    packed: dict[str, Any] = {"id": message.id}
    if message.params:
        packed["params"] = {
            name: pack_message(value) if isinstance(value, Message) else value
            for name, value in message.params
        }
    for name in ("several", "quote"):
        if getattr(message, name):
            packed[name] = getattr(message, name)
    return packed


def _time(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


def _read_usage(value: dict[str, Any], sources: bytes) -> Usage:
    return Usage(
        quotas=tuple(Quota(**_amounts(q, "used", "limit", "remaining")) for q in value["quotas"]),
        balances=tuple(Balance(**_amounts(b, "available", "granted")) for b in value["balances"]),
        spends=tuple(Spend(**_amounts(s, "amount")) for s in value["spends"]),
        plan=value["plan"],
        notice=unpack_message(value["notice"]) if value["notice"] else None,
        blocked=_read_blocked(value["blocked"]) if value["blocked"] else None,
        endpoints=tuple(map(str, value.get("endpoints", ()))),
        is_changed=value.get("is_changed") is True,
        sources=sources,
    )


def _read_blocked(value: dict[str, Any]) -> WorkBlocked:
    return WorkBlocked(value["kind"], unpack_message(value["reason"]), utc(value["until"]))


def _amounts(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    read = dict(fields)
    for name in names:
        read[name] = None if read[name] is None else Decimal(read[name])
    for name in ("resets_at", "since", "until"):
        if name in read:
            read[name] = utc(read[name])
    return read


def _read_failure(value: dict[str, Any]) -> Failure:
    at = utc(value["at"])
    if at is None:
        raise ValueError("a failure without a time")
    return Failure(value["kind"], unpack_message(value["message"]), at, utc(value["retry_at"]))


def unpack_message(value: dict[str, Any], depth: int = 8) -> Message:
    """Convert the values of ``pack_message`` back. Raises ValueError, KeyError or AttributeError."""
    if not depth:
        raise ValueError("a message inside a message without an end")
    params = tuple(
        (name, _read_param(param, depth)) for name, param in value.get("params", {}).items()
    )
    texts = (value["id"], value.get("several", ""), value.get("quote", ""))
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a message that is no text")
    return Message(texts[0], params, texts[1], texts[2])


def _read_param(value: object, depth: int) -> Param:
    if isinstance(value, dict):
        return unpack_message(value, depth - 1)
    if isinstance(value, (str, int)):
        return value
    raise ValueError("what fills a place is text, a number or a message")
