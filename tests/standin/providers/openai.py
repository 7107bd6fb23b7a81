"""The OpenAI API: an organization that admin keys may read, and other keys may not."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from ..clock import DAY, HOUR, MINUTE, Clock
from ..keys import Key, secret
from ..message import Reply, Request

ADMIN = ("openai-admin", "openai-admin-paged", "openai-admin-no-limit")
SCOPES = "You have insufficient permissions for this operation. Missing scopes: {}."


def _key(name: str, value: str, about: str) -> Key:
    return Key(name, value, "openai", "", about)


KEYS = (
    _key("openai-admin", secret("sk-admin-", "Admin", 120), "costs, usage, limit $120 a month"),
    _key("openai-admin-paged", secret("sk-admin-", "Paged", 120), "the same, always on two pages"),
    _key(
        "openai-admin-no-limit", secret("sk-admin-", "NoLimit", 120), "costs, no spend limit: 404"
    ),
    _key(
        "openai-project", secret("sk-proj-", "Project", 120), "models only; costs: 403, an object"
    ),
    _key(
        "openai-service", secret("sk-svcacct-", "Service", 120), "models only; costs: 403, a string"
    ),
    _key(
        "openai-restricted",
        secret("sk-proj-", "Restricted", 120),
        "valid, models: 403; costs: 401, missing scope",
    ),
    _key(
        "openai-user",
        secret("sk-", "User", 20) + "T3Blbk" + "FJ" + secret("", "User", 20),
        "old user key, models only; costs: 401, missing scope",
    ),
    _key("openai-relay", secret("sk-", "Relay", 48), "costs: 403; legacy billing: $18.80 left"),
)
_KNOWN = {key.value: key for key in KEYS}


@dataclass(frozen=True)
class Use:
    """A share of one day's usage, by project and model."""

    project: str
    model: str
    line_item: str
    amounts: Mapping[str, int]


PROJECTS = ("proj_synthA", "proj_synthB")
LINES = (
    Use("proj_synthA", "gpt-5.2", "gpt-5.2, input", {"percent": 40}),
    Use("proj_synthA", "gpt-5.2", "gpt-5.2, output", {"percent": 35}),
    Use("proj_synthB", "gpt-5-mini", "gpt-5-mini, output", {"percent": 19}),
    Use("proj_synthB", "gpt-image-1", "gpt-image-1, output", {"percent": 3}),
    Use("proj_synthB", "gpt-4o-mini-tts", "gpt-4o mini tts", {"percent": 2}),
    Use("proj_synthB", "whisper-1", "whisper-1", {"percent": 1}),
)
DAILY = tuple(map(Decimal, ("2.31", "0", "0.8123", "1.405", "12.5", "0.75", "1.25")))


def _tokens(fresh: int, cached: int, output: int, requests: int) -> dict[str, int]:
    return {
        "input_tokens": fresh + cached,
        "output_tokens": output,
        "input_cached_tokens": cached,
        "input_audio_tokens": 0,
        "output_audio_tokens": 0,
        "num_model_requests": requests,
    }


def _single(model: str, **amounts: int) -> tuple[Use, ...]:
    return (Use(PROJECTS[0], model, "", amounts),)


USAGE: Mapping[str, tuple[Use, ...]] = {
    "completions": (
        Use(PROJECTS[0], "gpt-5.2", "", _tokens(32000, 20000, 9100, 41)),
        Use(PROJECTS[1], "gpt-5-mini", "", _tokens(8000, 0, 600, 12)),
    ),
    "decisions": _single("gpt-6-luna", **_tokens(900, 100, 60, 25)),
    "embeddings": _single("text-embedding-3-small", input_tokens=41000, num_model_requests=130),
    "moderations": _single("omni-moderation-latest", input_tokens=2200, num_model_requests=20),
    "images": _single("gpt-image-1", images=6, num_model_requests=6),
    "audio_speeches": _single("gpt-4o-mini-tts", characters=1830, num_model_requests=4),
    "audio_transcriptions": _single("whisper-1", seconds=742, num_model_requests=3),
    "vector_stores": _single("", usage_bytes=10485760),
    "code_interpreter_sessions": _single("", num_sessions=3),
    "file_search_calls": _single("", num_requests=7),
    "web_search_calls": _single("gpt-5.2", num_requests=12, num_model_requests=11),
}
OBJECTS = {"file_search_calls": "file_searches", "web_search_calls": "web_searches"}
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "completions": ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier"),
    "decisions": ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier"),
    "images": ("project_id", "user_id", "api_key_id", "model", "size", "source"),
    "file_search_calls": ("project_id", "user_id", "api_key_id", "vector_store_id"),
    "web_search_calls": ("project_id", "user_id", "api_key_id", "model", "context_level"),
    "vector_stores": ("project_id",),
    "code_interpreter_sessions": ("project_id",),
}
WIDTHS = {"1d": (DAY, 7, 31), "1h": (HOUR, 24, 168), "1m": (MINUTE, 60, 1440)}


def cost_of(day: int) -> Decimal:
    """Return the cost in USD of a UTC day, counted from 1970."""
    return DAILY[day % len(DAILY)]


def spent(since: int, until: int, project: str | None = None) -> Decimal:
    """Return the costs in USD of the UTC days from the one that contains `since` up to `until`."""
    share = sum(line.amounts["percent"] for line in LINES if project in (None, line.project))
    days = range(since // DAY, -(-until // DAY))
    return sum((cost_of(day) for day in days), Decimal(0)) * share / 100


def used(kind: str, amount: str, since: int, until: int, project: str | None = None) -> int:
    """Return the usage of one kind in the UTC days from the one that contains `since` up to `until`."""
    shares = (use.amounts[amount] for use in USAGE[kind] if project in (None, use.project))
    return sum(shares) * sum(_scale(day) for day in range(since // DAY, -(-until // DAY)))


def _scale(day: int) -> int:
    return (day % 3 + 1) * bool(cost_of(day))


def refusal(
    status: int, message: str, kind: str = "invalid_request_error", code: Any = None
) -> Reply:
    """Make an error in the form of OpenAI."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return Reply(status, {"error": error})


def wrong_key(value: str = "sk-proj-000000000000abcd") -> Reply:
    """Refuse an unknown key; the message echoes a part of it, as the real one does."""
    masked = f"{value[:8]}****************{value[-4:]}"
    return refusal(
        401,
        f"Incorrect API key provided: {masked}. "
        "You can find your API key at https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    )


def missing_key() -> Reply:
    """Refuse a request without a Bearer key."""
    return refusal(401, "You didn't provide an API key.")


class OpenAI:
    """api.openai.com."""

    hosts = ("api.openai.com",)

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        route = self._route(request.path)
        if route is None or request.method != "GET":
            return refusal(404, f"Invalid URL ({request.method} {request.path})")
        if request.bearer is None:
            return missing_key()
        key = _KNOWN.get(request.bearer)
        return route(request, key) if key else wrong_key(request.bearer)

    def _route(self, path: str) -> Callable[[Request, Key], Reply] | None:
        organization = "/v1/organization/"
        if path.startswith(f"{organization}usage/"):
            return self._usage if path.rpartition("/")[2] in USAGE else None
        if path.startswith(f"{organization}projects/"):
            return self._project_limit if path.endswith("/spend_limit") else None
        return {
            "/v1/models": self._models,
            f"{organization}costs": self._costs,
            f"{organization}spend_limit": self._spend_limit,
            f"{organization}spend_alerts": self._spend_alerts,
            "/v1/dashboard/billing/credit_grants": self._credit_grants,
            "/v1/dashboard/billing/subscription": self._subscription,
            "/v1/dashboard/billing/usage": self._billing_usage,
            "/dashboard/billing/credit_grants": self._credit_grants,
            "/dashboard/billing/subscription": self._subscription,
            "/dashboard/billing/usage": self._billing_usage,
        }.get(path)

    def _models(self, request: Request, key: Key) -> Reply:
        if key.name in (*ADMIN, "openai-restricted"):
            return refusal(403, SCOPES.format("api.model.read"))
        made = self._clock.ago(90 * DAY)
        models = [
            {"id": name, "object": "model", "created": made, "owned_by": "system"}
            for name in ("gpt-5.2", "gpt-5-mini")
        ]
        headers = {"openai-organization": "user-synthetic", "openai-project": PROJECTS[0]}
        return Reply(body={"object": "list", "data": models}, headers=headers)

    def _unscoped(self, key: Key, scope: str) -> Reply | None:
        if key.name in ADMIN:
            return None
        message = SCOPES.format(scope)
        if key.name == "openai-service":
            return Reply(403, {"error": message})
        if key.name in ("openai-user", "openai-restricted"):
            return refusal(401, message, "server_error")
        return refusal(403, message)

    def _costs(self, request: Request, key: Key) -> Reply:
        refused = self._unscoped(key, "api.usage.read")
        if refused:
            return refused
        if (request.value("bucket_width") or "1d") != "1d":
            return refusal(400, "Invalid value for 'bucket_width': expected '1d'.")
        return self._buckets(request, key, DAY, 7, 180, self._day_costs)

    def _usage(self, request: Request, key: Key) -> Reply:
        refused = self._unscoped(key, "api.usage.read")
        if refused:
            return refused
        width = WIDTHS.get(request.value("bucket_width") or "1d")
        if width is None:
            return refusal(400, "Invalid value for 'bucket_width'.")
        return self._buckets(request, key, *width, self._day_usage)

    def _buckets(
        self,
        request: Request,
        key: Key,
        width: int,
        usual: int,
        most: int,
        results: Callable[[Request, int], Sequence[Mapping[str, Any]]],
    ) -> Reply:
        try:
            start = int(request.value("start_time") or "")
            end = int(request.value("end_time") or self._clock.now() + 1)
            limit = int(request.value("limit") or usual)
        except ValueError:
            return refusal(400, "Missing or malformed parameter: 'start_time'.")
        if not 1 <= limit <= most:
            return refusal(400, f"Invalid 'limit': expected a value from 1 to {most}.")
        if end <= start:
            return refusal(400, "'end_time' must be after 'start_time'.")
        begun = start // width * width
        buckets = [
            {
                "object": "bucket",
                "start_time": at,
                "end_time": at + width,
                "results": list(results(request, at // DAY)) if _holds_use(at, width) else [],
            }
            for at in range(begun, min(end, self._clock.now() + 1), width)
        ]
        if key.name == "openai-admin-paged":
            limit = min(limit, len(buckets) // 2 + 1)
            buckets = _split_in_the_middle(buckets)
        return _page(request, buckets, limit)

    def _day_costs(self, request: Request, day: int) -> list[dict[str, Any]]:
        groups = request.values("group_by")
        sums: dict[tuple[str | None, str | None], Decimal] = {}
        for line in LINES if cost_of(day) else ():
            if request.values("project_ids") and line.project not in request.values("project_ids"):
                continue
            group = (
                line.line_item if "line_item" in groups else None,
                line.project if "project_id" in groups else None,
            )
            share = cost_of(day) * line.amounts["percent"] / 100
            sums[group] = sums.get(group, Decimal(0)) + share
        return [
            {
                "object": "organization.costs.result",
                "amount": {"value": _as_told(value, day), "currency": "usd"},
                "line_item": line_item,
                "project_id": project,
                "api_key_id": None,
                "quantity": None,
                "quantity_unit": None,
                "organization_id": "org-synthetic",
            }
            for (line_item, project), value in sums.items()
        ]

    def _day_usage(self, request: Request, day: int) -> list[dict[str, Any]]:
        kind = request.path.rpartition("/")[2]
        usual = ("project_id", "user_id", "api_key_id", "model")
        names = DIMENSIONS.get(kind, usual)
        groups = [name for name in request.values("group_by") if name in names]
        sums: dict[tuple[str | None, ...], dict[str, int]] = {}
        for use in USAGE[kind] if _scale(day) else ():
            if not _wanted(use.project, request.values("project_ids")):
                continue
            if not _wanted(use.model, request.values("models")):
                continue
            told = {"project_id": use.project, "model": use.model or None}
            group = tuple(told.get(name) if name in groups else None for name in names)
            amounts = sums.setdefault(group, dict.fromkeys(use.amounts, 0))
            for name, amount in use.amounts.items():
                amounts[name] += amount * _scale(day)
        return [
            {
                "object": f"organization.usage.{OBJECTS.get(kind, kind)}.result",
                **amounts,
                **dict(zip(names, group)),
            }
            for group, amounts in sums.items()
        ]

    def _spend_limit(self, request: Request, key: Key) -> Reply:
        refused = self._unscoped(key, "api.management.read")
        if refused:
            return refused
        if key.name == "openai-admin-no-limit":
            return refusal(404, "No spend limit found for organization.", code="not_found")
        return Reply(body=_limit("organization.spend_limit", 12000))

    def _project_limit(self, request: Request, key: Key) -> Reply:
        refused = self._unscoped(key, "api.management.read")
        if refused:
            return refused
        if request.path.split("/")[-2] != PROJECTS[0] or key.name == "openai-admin-no-limit":
            return refusal(404, "No spend limit found for project.", code="not_found")
        return Reply(body=_limit("project.spend_limit", 5000))

    def _spend_alerts(self, request: Request, key: Key) -> Reply:
        refused = self._unscoped(key, "api.management.read")
        if refused:
            return refused
        alert = {
            "object": "organization.spend_alert",
            "id": "alert_synthetic",
            "threshold_amount": 10000,
            "currency": "USD",
            "interval": "month",
            "notification_channel": {"type": "email", "recipients": ["ops@example.com"]},
        }
        alerts = [] if key.name == "openai-admin-no-limit" else [alert]
        ends = alert["id"] if alerts else None
        page = {"first_id": ends, "last_id": ends, "has_more": False}
        return Reply(body={"object": "list", "data": alerts, **page})

    def _browser_only(self, request: Request, key: Key) -> Reply | None:
        if key.name == "openai-relay":
            return None
        message = (
            f"Your request to GET {request.path} must be made with a session key (that is, it can "
            "only be made from the browser). You made it with the following key type: secret."
        )
        return refusal(401 if key.name == "openai-user" else 403, message, "server_error")

    def _credit_grants(self, request: Request, key: Key) -> Reply:
        grant = {
            "object": "credit_grant",
            "id": "00000000-0000-0000-0000-000000000000",
            "grant_amount": 50.0,
            "used_amount": 31.2,
            "effective_at": self._clock.ago(100 * DAY),
            "expires_at": self._clock.upcoming(265 * DAY, 365 * DAY),
        }
        body = {
            "object": "credit_summary",
            "total_granted": 50.0,
            "total_used": 31.2,
            "total_available": 18.8,
            "total_paid_available": 18.8,
            "grants": {"object": "list", "data": [grant]},
        }
        return self._browser_only(request, key) or Reply(body=body)

    def _subscription(self, request: Request, key: Key) -> Reply:
        body = {
            "object": "billing_subscription",
            "has_payment_method": True,
            "soft_limit": 2000000,
            "hard_limit": 2400000,
            "system_hard_limit": 2400000,
            "soft_limit_usd": 100.0,
            "hard_limit_usd": 120.0,
            "system_hard_limit_usd": 120.0,
            "access_until": self._clock.upcoming(26 * DAY, 30 * DAY),
            "plan": {"title": "Pay-as-you-go", "id": "payg"},
            "account_name": "Synthetic",
        }
        return self._browser_only(request, key) or Reply(body=body)

    def _billing_usage(self, request: Request, key: Key) -> Reply:
        refused = self._browser_only(request, key)
        if refused:
            return refused
        try:
            start, end = (_midnight(request.value(name)) for name in ("start_date", "end_date"))
        except ValueError:
            return refusal(400, "Missing or malformed parameter: 'start_date' or 'end_date'.")
        days = range(start // DAY, min(end, self._clock.now() + 1 + DAY) // DAY)
        daily = [
            {
                "timestamp": float(day * DAY),
                "line_items": [{"name": "GPT-5", "cost": float(cost_of(day) * 100)}],
            }
            for day in days
        ]
        total = float(sum((cost_of(day) for day in days), Decimal(0)) * 100)
        return Reply(body={"object": "list", "daily_costs": daily, "total_usage": total})


def _holds_use(at: int, width: int) -> bool:
    return width == DAY or at % DAY == 9 * HOUR


def _split_in_the_middle(buckets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    middle = len(buckets) // 2
    split = [
        {**bucket, "results": results}
        for bucket in buckets[middle : middle + 1]
        for results in (bucket["results"][:1], bucket["results"][1:])
    ]
    return [*buckets[:middle], *split, *buckets[middle + 1 :]]


def _page(request: Request, entries: Sequence[Mapping[str, Any]], limit: int) -> Reply:
    cursor = request.value("page")
    query = "&".join(sorted(p for p in request.query.split("&") if not p.startswith("page=")))
    mark = f"{zlib.crc32(query.encode()):08x}"
    offset = 0
    if cursor:
        name, _, place = cursor.partition(f"_{mark}_")
        if name != "page" or not place.isdigit():
            return refusal(400, "Invalid 'page': the cursor belongs to another query.")
        offset = int(place)
    more = offset + limit < len(entries)
    return Reply(
        body={
            "object": "page",
            "data": entries[offset : offset + limit],
            "has_more": more,
            "next_page": f"page_{mark}_{offset + limit}" if more else None,
        }
    )


def _as_told(value: Decimal, day: int) -> float | str:
    return f"{value:.31f}" if day % 4 == 1 else float(value)


def _wanted(value: str, wanted: Sequence[str]) -> bool:
    return not wanted or value in wanted


def _limit(kind: str, cents: int) -> dict[str, Any]:
    return {
        "object": kind,
        "threshold_amount": cents,
        "currency": "USD",
        "interval": "month",
        "enforcement": {"status": "inactive"},
    }


def _midnight(date: str | None) -> int:
    moment = datetime.strptime(date or "", "%Y-%m-%d").replace(tzinfo=timezone.utc)
    return int(moment.timestamp())
