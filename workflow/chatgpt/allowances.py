"""ChatGPT's allowances: windows, lanes, models, features, free resets, however a page tells them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from ..models import Quota
from ..provider.counts import FULL
from ..provider.free_resets import quotas
from ..provider.reading import count, entries, integer, mapping, moment, rest, sequence, text
from ..provider.windows import window_label
from . import counted, credits, pages
from .pages import Told

_PLACES = {"primary_window": 18000, "secondary_window": 604800}  # usual lengths, if none is told
_NAMES = ("limit_name", "feature_name", "model_slug", "name", "label", "metered_feature")
_DEPTH = 4  # levels at which an allowance may lie
_FEATURES = {
    "deep_research": "Deep research",
    "deep_research_standard": "Deep research (standard)",
    "odyssey": "Agent",
    "agent_mode": "Agent",
    "image_gen": "Images",
    "file_upload": "File uploads",
    "paste_text_to_file": "Paste to file",
}


# ---- what an entry counts, and under which name


def _allowance(
    label: str, counts: counted.Counts, entry: Mapping[str, Any], at: datetime, unit: str = "uses"
) -> Quota:
    reset = counted.reset(entry, at)
    return Quota(label, unit, *counts, resets_at=reset, role="secondary", alert=counts.left == 0)


def _name(entry: Mapping[str, Any]) -> Optional[str]:
    return next(filter(None, (_named(entry.get(key)) for key in _NAMES)), None)


def _named(value: object) -> Optional[str]:
    """The words for a name of ChatGPT's; unknown ones stay, made readable."""
    name = text(value, 40)
    if name is None or name in _FEATURES:
        return name and _FEATURES[name]
    plain = name.replace("_", " ").strip()
    return (plain.capitalize() if re.fullmatch(r"[a-z ]+", plain) else plain) or None


# ---- windows


def lane_quotas(limit: object, at: datetime, name: str = "", *, spare: bool = False) -> List[Quota]:
    """The windows of one rate limit, whatever their names, the shortest first."""
    rate = mapping(limit)
    refused = credits.is_refused(rate) and not spare
    found: Dict[str, Tuple[int, Quota]] = {}
    for place, window in _windows(rate):
        used = counted.percent(window)
        if used is None:
            continue
        seconds, usual = _seconds(window.get("limit_window_seconds")), _PLACES.get(place)
        own = _named(place[: -len("_window")]) or "Other"
        label = window_label(seconds or usual) if seconds or usual else own
        quota = Quota(
            f"{own} · {label}" if label in found else label,
            "%",
            used,
            FULL,
            rest(FULL, used),
            seconds,
            counted.reset(window, at),
            role="secondary" if name else "binding",
            alert=refused and used >= FULL,
        )
        found[quota.label] = seconds or usual or counted.TEN_YEARS, quota
    ordered = [quota for _, quota in sorted(found.values(), key=lambda pair: pair[0])]
    return [replace(q, label=f"{name} · {q.label}") for q in ordered] if name else ordered


def _windows(rate: Mapping[str, Any]) -> List[Tuple[str, Dict[str, Any]]]:
    found = [(key, mapping(value)) for key, value in rate.items() if key.endswith("_window")]
    return found[: credits.MOST]


def _seconds(value: object) -> Optional[int]:
    found = integer(value)
    return found if found is not None and 0 < found <= counted.TEN_YEARS else None


def lanes(usage: Mapping[str, Any], at: datetime) -> Iterator[Quota]:
    """Rate limits beside the main one: code review and whatever else has windows, special models."""
    for name, limit, is_listed in _side_limits(usage):
        lane = lane_quotas(limit, at, name)
        short = len(lane) == 1 and not is_listed
        yield from (replace(quota, label=name) for quota in lane) if short else lane


def _side_limits(usage: Mapping[str, Any]) -> Iterator[Tuple[str, Mapping[str, Any], bool]]:
    """Name and limit of each lane, and whether it is one of a list; no two names are the same."""
    found: List[Tuple[str, Any, bool]] = []
    for key, value in list(usage.items())[: credits.MOST]:
        name = _named(key.replace("_rate_limit", ""))
        if key != "rate_limit" and name and _is_lane(value):
            found.append((name, value, False))
    for entry in entries(usage.get("additional_rate_limits"))[: credits.MOST]:
        if _is_lane(entry.get("rate_limit")):
            found.append((_name(entry) or "Other", entry.get("rate_limit"), True))
    seen: Dict[str, int] = {}
    for name, value, is_listed in found:
        seen[name] = seen.get(name, 0) + 1
        number = f" {seen[name]}" if seen[name] > 1 else ""
        yield f"{name}{number}", mapping(value), is_listed


def refused_lanes(usage: Mapping[str, Any]) -> Iterator[str]:
    """The lanes that let nothing through although no window of theirs is used up."""
    for name, limit, _ in _side_limits(usage):
        shares = [counted.percent(window) for _, window in _windows(limit)]
        if credits.is_refused(limit) and max(filter(None, shares), default=0) < FULL:
            yield name


def _is_lane(value: object) -> bool:
    return any(key.endswith("_window") for key in mapping(value))


# ---- free resets


def free_resets(told: Told) -> Tuple[Quota, ...]:
    """Resets of the windows that may be had for nothing."""
    left = count(told.resets.get("available_count"))
    if left is None:
        left = pages.embedded_resets(told.usage)
    if left is None and told.resets.get("credits"):
        left = Decimal(len(lapses(told)))
    return quotas(left)


def lapses(told: Told) -> List[Optional[datetime]]:
    """When the free resets that still count lapse."""
    valid = [e for e in entries(told.resets.get("credits")) if e.get("status") == "available"]
    ends = [moment(entry.get("expires_at")) for entry in valid]
    return [end for end in ends if end is None or end > told.at]


# ---- models, features and other allowances


def models(told: Told) -> Iterator[Quota]:
    """Models that cannot be used now."""
    for slug, entry in list(mapping(told.usage.get("model_usage")).items())[: credits.MOST]:
        label = text(slug, 40)
        if label and mapping(entry).get("available") is False:
            yield _allowance(label, counted.NONE_LEFT, mapping(entry), told.at)
    for entry in entries(told.init.get("model_limits"))[: credits.MOST]:
        label = text(entry.get("model_slug"), 40)
        if label:
            yield _allowance(label, counted.counts(entry) or counted.NONE_LEFT, entry, told.at)


def features(told: Told) -> Iterator[Quota]:
    """What is left of deep research, agent, images …, and what is blocked until a time."""
    progress = told.init.get("limits_progress")
    if isinstance(progress, dict):
        progress = [{"feature_name": key, **mapping(value)} for key, value in progress.items()]
    blocked = blocked_features(told.init)
    for entry in entries(progress)[: credits.MOST]:
        name, counts = _name(entry), counted.counts(entry)
        if name and counts:
            quota = _allowance(name, counts, entry, told.at)
            yield replace(quota, alert=quota.alert or name in blocked)
    for name, block in blocked.items():
        if counted.reset(block, told.at):
            yield _allowance(name, counted.NONE_LEFT, block, told.at)


def blocked_features(init: Mapping[str, Any]) -> Dict[str, Mapping[str, Any]]:
    """By name; an entry is a name, ``{"name"}`` or ``{"feature_name"}``."""
    found: Dict[str, Mapping[str, Any]] = {}
    for told in sequence(init.get("blocked_features"))[: credits.MOST]:
        entry = told if isinstance(told, dict) else {"name": told}
        name = _name(entry)
        if name:
            found.setdefault(name, entry)
    return found


def allowances(source: Mapping[str, Any], known: Tuple[str, ...], at: datetime) -> Iterator[Quota]:
    """Message and token allowances, and any other that has a limit, wherever they lie."""
    layer: List[Tuple[Tuple[str, ...], Any]] = [
        ((key,), value) for key, value in source.items() if key not in known and not _is_lane(value)
    ]
    for _ in range(_DEPTH):
        below = []
        for path, value in layer[: credits.MOST]:
            quota = _other(path, mapping(value), at)
            if quota:
                yield quota
            elif isinstance(value, dict):
                below += [((*path, key), child) for key, child in value.items()]
            else:
                below += [((*path, _name(child) or ""), child) for child in entries(value)]
        layer = below


def _other(path: Tuple[str, ...], entry: Mapping[str, Any], at: datetime) -> Optional[Quota]:
    """An allowance by the names on the way to it; None for anything without a limit."""
    counts = counted.counts(entry)
    names = [name for name in map(_named, path[-2:]) if name]
    if counts is None or counts.limit is None or not names:
        return None
    words = " ".join((*path, text(entry.get("unit")) or "")).lower()
    unit = next((f"{unit}s" for unit in ("token", "message", "credit") if unit in words), "uses")
    return _allowance(" · ".join(names), counts, entry, at, unit)
