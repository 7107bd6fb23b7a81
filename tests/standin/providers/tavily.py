"""Tavily: credits of a plan and of a key, and a rate limit on the requests for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ..clock import MINUTE, Clock
from ..keys import Key, secret
from ..message import Reply, Request

REQUESTS, WINDOW = 10, 10 * MINUTE


def _key(name: str, prefix: str, word: str, about: str) -> Key:
    return Key(name, secret(prefix, word, 32), "tavily", "", about)


KEYS = (
    _key("tavily-dev", "tvly-dev-", "Dev", "Researcher: 361 of 1000, the key has no limit"),
    _key("tavily-capped", "tvly-prod-", "Capped", "Bootstrap: 6150 of 15000, the key 480 of 500"),
    _key("tavily-exhausted", "tvly-dev-", "Exhausted", "Researcher: 1000 of 1000, paygo off"),
    _key("tavily-paygo", "tvly-prod-", "Paygo", "Project: 4000 of 4000, paygo 300 of 2000"),
    _key("tavily-unlimited", "tvly-", "Unlimited", "Enterprise: 120455 used, no limit"),
)
_KNOWN = {key.value: key for key in KEYS}


def _usage(search: int, extract: int, crawl: int, maps: int, research: int) -> dict[str, int]:
    return {
        "search_usage": search,
        "extract_usage": extract,
        "crawl_usage": crawl,
        "map_usage": maps,
        "research_usage": research,
    }


USAGE: Mapping[str, dict[str, Any]] = {
    "tavily-dev": {
        "key": {"usage": 214, "limit": None, **_usage(190, 14, 0, 0, 10)},
        "account": {
            "current_plan": "Researcher",
            "plan_usage": 361,
            "plan_limit": 1000,
            "paygo_usage": 0,
            "paygo_limit": None,
            **_usage(320, 25, 0, 6, 10),
        },
    },
    "tavily-capped": {
        "key": {"usage": 480, "limit": 500, **_usage(400, 60, 20, 0, 0)},
        "account": {
            "current_plan": "Bootstrap",
            "plan_usage": 6150,
            "plan_limit": 15000,
            "paygo_usage": 0,
            "paygo_limit": None,
            **_usage(5200, 700, 150, 50, 50),
        },
    },
    "tavily-exhausted": {
        "key": {"usage": 1000, "limit": None, **_usage(1000, 0, 0, 0, 0)},
        "account": {
            "current_plan": "Researcher",
            "plan_usage": 1000,
            "plan_limit": 1000,
            "paygo_usage": 0,
            "paygo_limit": 0,
            **_usage(1000, 0, 0, 0, 0),
        },
    },
    "tavily-paygo": {
        "key": {"usage": 4300, "limit": None, **_usage(4000, 300, 0, 0, 0)},
        "account": {
            "current_plan": "Project",
            "plan_usage": 4000,
            "plan_limit": 4000,
            "paygo_usage": 300,
            "paygo_limit": 2000,
            **_usage(4000, 300, 0, 0, 0),
        },
    },
    "tavily-unlimited": {
        "key": {"usage": 90321, "limit": None, **_usage(90000, 321, 0, 0, 0)},
        "account": {
            "current_plan": "Enterprise",
            "plan_usage": 120455,
            "plan_limit": None,
            "paygo_usage": 0,
            "paygo_limit": None,
            **_usage(120000, 455, 0, 0, 0),
        },
    },
}


def wrong_key() -> Reply:
    """Refuse a missing or unknown key."""
    return Reply(401, {"detail": {"error": "Unauthorized: missing or invalid API key."}})


class Tavily:
    """Tavily. Set `limited` to enforce its rate limit per key."""

    hosts = ("api.tavily.com",)

    def __init__(self, clock: Clock) -> None:
        self.limited = False
        self._clock = clock
        self._seen: defaultdict[str, list[int]] = defaultdict(list)

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        if request.path != "/usage":
            return Reply(404, {"detail": "Not Found"})
        if request.method != "GET":
            return Reply(405, {"detail": "Method Not Allowed"})
        key = _KNOWN.get(request.bearer or "")
        if key is None:
            return wrong_key()
        return self._refused(key) or Reply(body=USAGE[key.name])

    def _refused(self, key: Key) -> Reply | None:
        now = self._clock.now()
        seen = self._seen[key.name] = [at for at in self._seen[key.name] if at > now - WINDOW]
        if not self.limited or len(seen) < REQUESTS:
            seen.append(now)
            return None
        error = (
            "Your request has been blocked due to excessive requests. "
            "Please reduce rate of requests."
        )
        wait = str(seen[0] + WINDOW - now)
        return Reply(429, {"detail": {"error": error}}, {"Retry-After": wait})
