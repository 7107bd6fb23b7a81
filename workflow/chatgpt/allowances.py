"""Reads ChatGPT's allowances: windows, lanes, models, features, free resets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..models import Quota
from ..provider.counts import FULL
from ..provider.free_resets import quotas
from ..provider.reading import (
    Fields,
    count,
    entries,
    integer,
    mapping,
    moment,
    remainder,
    sequence,
    short,
    text,
)
from ..provider.windows import window_label
from ..records import replace
from . import counted, credits, pages
from .pages import Documents

_PLACES = {"primary_window": 18000, "secondary_window": 604800}  # usual lengths in seconds
_NAMES = ("limit_name", "feature_name", "model_slug", "name", "label", "metered_feature")
_DEPTH = 4  # levels that are searched for allowances
_FEATURES = {
    "deep_research": "Deep research",
    "deep_research_standard": "Deep research (standard)",
    "odyssey": "Agent",
    "agent_mode": "Agent",
    "image_gen": "Images",
    "file_upload": "File uploads",
    "paste_text_to_file": "Paste to file",
}


# ---- the quota and the label of an entry


def _allowance(
    label: str, counts: counted.Counts, entry: Fields, at: datetime, unit: str = "uses"
) -> Quota:
    reset = counted.reset(entry, at)
    return Quota(
        label, unit, *counts, resets_at=reset, role="secondary", alert=counts.remaining == 0
    )


def _name(entry: Fields) -> str | None:
    return next(filter(None, (_named(entry.get(key)) for key in _NAMES)), None)


def _named(value: object) -> str | None:
    """Return the label of one of ChatGPT's names; an unknown name is made readable."""
    name = short(value)
    if name is None or name in _FEATURES:
        return name and _FEATURES[name]
    plain = name.replace("_", " ").strip()
    return (plain.capitalize() if re.fullmatch(r"[a-z ]+", plain) else plain) or None


# ---- windows


def lane_quotas(
    limit: object, at: datetime, name: str = "", *, credits_pay: bool = False
) -> list[Quota]:
    """Read the windows of one rate limit, whatever their names, the shortest first.

    Args:
        limit: the block of the document.
        at: when it came, aware UTC.
        name: the name of a lane; "" for the main rate limit.
        credits_pay: whether work goes on with credits when a window is used up.
    """
    rate_limit = mapping(limit)
    refused = credits.is_refused(rate_limit) and not credits_pay
    by_label: dict[str, tuple[int, Quota]] = {}
    for place, window in _windows(rate_limit):
        used = counted.percent(window)
        if used is None:
            continue
        seconds, usual_seconds = _seconds(window.get("limit_window_seconds")), _PLACES.get(place)
        place_name = _named(place[: -len("_window")]) or "Other"
        label = window_label(seconds or usual_seconds) if seconds or usual_seconds else place_name
        quota = Quota(
            f"{place_name} · {label}" if label in by_label else label,
            "%",
            used,
            FULL,
            remainder(FULL, used),
            seconds,
            counted.reset(window, at),
            role="secondary" if name else "binding",
            alert=refused and used >= FULL,
        )
        by_label[quota.label] = seconds or usual_seconds or counted.TEN_YEARS, quota
    ordered = [quota for _, quota in sorted(by_label.values(), key=lambda pair: pair[0])]
    return [replace(q, label=f"{name} · {q.label}") for q in ordered] if name else ordered


def _windows(rate: Fields) -> list[tuple[str, dict[str, Any]]]:
    windows = [(key, mapping(value)) for key, value in rate.items() if key.endswith("_window")]
    return windows[: credits.MAX_ENTRIES]


def _seconds(value: object) -> int | None:
    seconds = integer(value)
    return seconds if seconds is not None and 0 < seconds <= counted.TEN_YEARS else None


def lanes(usage: Fields, at: datetime) -> Iterator[Quota]:
    """Yield the windows of all rate limits except the main one; code review is one of them."""
    for name, limit, is_listed in _side_limits(usage):
        lane = lane_quotas(limit, at, name)
        short = len(lane) == 1 and not is_listed
        yield from (replace(quota, label=name) for quota in lane) if short else lane


def _side_limits(usage: Fields) -> Iterator[tuple[str, Fields, bool]]:
    """Yield unique name and limit of each lane, and whether it is an entry of a list."""
    limits: list[tuple[str, Any, bool]] = []
    for key, value in list(usage.items())[: credits.MAX_ENTRIES]:
        name = _named(key.replace("_rate_limit", ""))
        if key != "rate_limit" and name and _is_lane(value):
            limits.append((name, value, False))
    for entry in entries(usage.get("additional_rate_limits"))[: credits.MAX_ENTRIES]:
        if _is_lane(entry.get("rate_limit")):
            limits.append((_name(entry) or "Other", entry.get("rate_limit"), True))
    seen: dict[str, int] = {}
    for name, value, is_listed in limits:
        seen[name] = seen.get(name, 0) + 1
        number = f" {seen[name]}" if seen[name] > 1 else ""
        yield f"{name}{number}", mapping(value), is_listed


def refused_lanes(usage: Fields) -> Iterator[str]:
    """Yield the names of lanes that refuse requests although none of their windows is used up."""
    for name, limit, _ in _side_limits(usage):
        shares = [counted.percent(window) for _, window in _windows(limit)]
        if credits.is_refused(limit) and max(filter(None, shares), default=0) < FULL:
            yield name


def _is_lane(value: object) -> bool:
    return any(key.endswith("_window") for key in mapping(value))


# ---- free resets


def free_resets(documents: Documents) -> tuple[Quota, ...]:
    """Make the quota of free resets."""
    available = count(documents.resets.get("available_count"))
    if available is None:
        available = pages.embedded_resets(documents.usage)
    if available is None and documents.resets.get("credits"):
        available = Decimal(len(lapses(documents)))
    return quotas(available)


def lapses(documents: Documents) -> list[datetime | None]:
    """Read when each free reset that can still be used lapses; None if it is not reported."""
    valid = [e for e in entries(documents.resets.get("credits")) if e.get("status") == "available"]
    ends = [moment(entry.get("expires_at")) for entry in valid]
    return [end for end in ends if end is None or end > documents.at]


# ---- models, features and other allowances


def models(documents: Documents) -> Iterator[Quota]:
    """Yield the models that are unavailable now, and those with a limit."""
    for slug, entry in list(mapping(documents.usage.get("model_usage")).items())[
        : credits.MAX_ENTRIES
    ]:
        label = short(slug)
        if label and mapping(entry).get("available") is False:
            yield _allowance(label, counted.NONE_LEFT, mapping(entry), documents.at)
    for entry in entries(documents.init.get("model_limits"))[: credits.MAX_ENTRIES]:
        label = short(entry.get("model_slug"))
        if label:
            yield _allowance(label, counted.counts(entry) or counted.NONE_LEFT, entry, documents.at)


def features(documents: Documents) -> Iterator[Quota]:
    """Yield the allowances of deep research, agent, images …, and features that are blocked until a time."""
    progress = documents.init.get("limits_progress")
    if isinstance(progress, dict):
        progress = [{"feature_name": key, **mapping(value)} for key, value in progress.items()]
    blocked = blocked_features(documents.init)
    for entry in entries(progress)[: credits.MAX_ENTRIES]:
        name, counts = _name(entry), counted.counts(entry)
        if name and counts:
            quota = _allowance(name, counts, entry, documents.at)
            yield replace(quota, alert=quota.alert or name in blocked)
    for name, block in blocked.items():
        if counted.reset(block, documents.at):
            yield _allowance(name, counted.NONE_LEFT, block, documents.at)


def blocked_features(init: Fields) -> dict[str, Fields]:
    """Read the blocked features by name; an entry is a name, ``{"name"}`` or ``{"feature_name"}``."""
    by_name: dict[str, Fields] = {}
    for value in sequence(init.get("blocked_features"))[: credits.MAX_ENTRIES]:
        entry = value if isinstance(value, dict) else {"name": value}
        name = _name(entry)
        if name:
            by_name.setdefault(name, entry)
    return by_name


def allowances(source: Fields, known: tuple[str, ...], at: datetime) -> Iterator[Quota]:
    """Yield all other allowances with a limit (of messages, tokens …), anywhere in a document.

    Args:
        source: the document.
        known: its blocks that have their own readers.
        at: when it came, aware UTC.
    """
    layer: list[tuple[tuple[str, ...], Any]] = [
        ((key,), value) for key, value in source.items() if key not in known and not _is_lane(value)
    ]
    for _ in range(_DEPTH):
        below = []
        for path, value in layer[: credits.MAX_ENTRIES]:
            quota = _other(path, mapping(value), at)
            if quota:
                yield quota
            elif isinstance(value, dict):
                below += [((*path, key), child) for key, child in value.items()]
            else:
                below += [((*path, _name(child) or ""), child) for child in entries(value)]
        layer = below


def _other(path: tuple[str, ...], entry: Fields, at: datetime) -> Quota | None:
    """Make an allowance whose label comes from its path; None for anything without a limit."""
    counts = counted.counts(entry)
    names = [name for name in map(_named, path[-2:]) if name]
    if counts is None or counts.limit is None or not names:
        return None
    path_text = " ".join((*path, text(entry.get("unit")) or "")).lower()
    unit = next(
        (f"{unit}s" for unit in ("token", "message", "credit") if unit in path_text), "uses"
    )
    return _allowance(" · ".join(names), counts, entry, at, unit)
