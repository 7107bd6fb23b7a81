"""Snapshots as plain JSON values and back, for the cache. Amounts are strings, times ISO 8601."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Dict, Optional

from ..i18n.message import Message, Param
from ..models import Balance, Failure, Quota, Snapshot, Spend, Usage, WorkBlocked


def pack(snapshot: Snapshot) -> Dict[str, Any]:
    """A snapshot as JSON values."""
    return {
        "account_id": snapshot.account_id,
        "usage": _usage(snapshot.usage) if snapshot.usage else None,
        "fetched_at": _time(snapshot.fetched_at),
        "failure": _failure(snapshot.failure) if snapshot.failure else None,
    }


def unpack(value: Dict[str, Any]) -> Snapshot:
    """The snapshot of ``pack``.

    Raises ValueError, KeyError, TypeError or ArithmeticError for anything else.
    """
    return Snapshot(
        account_id=str(value["account_id"]),
        usage=_read_usage(value["usage"]) if value["usage"] else None,
        fetched_at=_read_time(value["fetched_at"]),
        failure=_read_failure(value["failure"]) if value["failure"] else None,
    )


def _usage(usage: Usage) -> Dict[str, Any]:
    return {
        "quotas": [_plain(vars(quota)) for quota in usage.quotas],
        "balances": [_plain(vars(balance)) for balance in usage.balances],
        "spends": [_plain(vars(spend)) for spend in usage.spends],
        "plan": usage.plan,
        "notice": _message(usage.notice) if usage.notice else None,
        "blocked": _blocked(usage.blocked) if usage.blocked else None,
        "endpoints": list(usage.endpoints),
    }


def _blocked(blocked: WorkBlocked) -> Dict[str, Any]:
    return {
        "kind": blocked.kind,
        "reason": _message(blocked.reason),
        "until": _time(blocked.until),
    }


def _plain(fields: Dict[str, Any]) -> Dict[str, Any]:
    return {name: _value(value) for name, value in fields.items()}


def _value(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return _time(value) if isinstance(value, datetime) else value


def _failure(failure: Failure) -> Dict[str, Any]:
    return {
        "kind": failure.kind,
        "message": _message(failure.message),
        "at": _time(failure.at),
        "retry_at": _time(failure.retry_at),
    }


def _message(message: Message) -> Dict[str, Any]:
    """A message as it is said in any language later: its id and what fills its places."""
    packed: Dict[str, Any] = {"id": message.id}
    if message.params:
        packed["params"] = {
            name: _message(value) if isinstance(value, Message) else value
            for name, value in message.params
        }
    for name in ("several", "quote"):
        if getattr(message, name):
            packed[name] = getattr(message, name)
    return packed


def _time(when: Optional[datetime]) -> Optional[str]:
    return when.isoformat() if when else None


def _read_usage(value: Dict[str, Any]) -> Usage:
    return Usage(
        quotas=tuple(Quota(**_amounts(q, "used", "limit", "remaining")) for q in value["quotas"]),
        balances=tuple(Balance(**_amounts(b, "available", "granted")) for b in value["balances"]),
        spends=tuple(Spend(**_amounts(s, "amount")) for s in value["spends"]),
        plan=value["plan"],
        notice=_read_message(value["notice"]) if value["notice"] else None,
        blocked=_read_blocked(value["blocked"]) if value["blocked"] else None,
        endpoints=tuple(map(str, value.get("endpoints", ()))),
    )


def _read_blocked(value: Dict[str, Any]) -> WorkBlocked:
    return WorkBlocked(value["kind"], _read_message(value["reason"]), _read_time(value["until"]))


def _amounts(fields: Dict[str, Any], *names: str) -> Dict[str, Any]:
    read = dict(fields)
    for name in names:
        read[name] = None if read[name] is None else Decimal(read[name])
    for name in ("resets_at", "since", "until"):
        if name in read:
            read[name] = _read_time(read[name])
    return read


def _read_failure(value: Dict[str, Any]) -> Failure:
    at = _read_time(value["at"])
    if at is None:
        raise ValueError("a failure without a time")
    return Failure(
        value["kind"], _read_message(value["message"]), at, _read_time(value["retry_at"])
    )


def _read_message(value: Dict[str, Any], depth: int = 8) -> Message:
    if not depth:
        raise ValueError("a message inside a message without an end")
    params = tuple(
        (name, _read_param(told, depth)) for name, told in value.get("params", {}).items()
    )
    texts = (value["id"], value.get("several", ""), value.get("quote", ""))
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a message that is no text")
    return Message(texts[0], params, texts[1], texts[2])


def _read_param(told: object, depth: int) -> Param:
    if isinstance(told, dict):
        return _read_message(told, depth - 1)
    if isinstance(told, (str, int)):
        return told
    raise ValueError("what fills a place is text, a number or a message")


def _read_time(told: Optional[str]) -> Optional[datetime]:
    return None if told is None else datetime.fromisoformat(told).astimezone(timezone.utc)
