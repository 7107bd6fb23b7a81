"""Faults: answers for `StandIn.reply`, for any provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from types import MappingProxyType
from typing import Any

from .message import Answer, Reply, Request
from .providers import chatgpt, glm, kimi, minimax, openai, tavily
from .world import PLAIN, World

ENVELOPE = ("code", "status_code")

_WRONG_KEYS: Mapping[str, Callable[[], Reply]] = {
    "minimax": minimax.wrong_key,
    "glm": glm.wrong_key,
    "tavily": tavily.wrong_key,
    "openai": openai.wrong_key,
    "kimi": kimi.wrong_key,
    "chatgpt": chatgpt.wrong_key,
}


def wrong_key(provider: str) -> Reply:
    """The provider's own answer to a wrong key."""
    return PLAIN[provider].refused if provider in PLAIN else _WRONG_KEYS[provider]()


def token_expired() -> Reply:
    """ChatGPT says that the access token has expired."""
    return chatgpt.expired()


def token_invalidated() -> Reply:
    """ChatGPT says that the user has signed out."""
    return chatgpt.invalidated()


def payment_required() -> Reply:
    """402: the workspace is no longer paid for."""
    return Reply(402, {"detail": {"code": "deactivated_workspace"}})


def forbidden() -> Reply:
    """403 that does not mention the credential."""
    return Reply(403, {"error": {"message": "Forbidden", "type": "permission_denied_error"}})


def not_found() -> Reply:
    """404 as JSON."""
    return Reply(404, {"detail": "Not Found"})


def too_many_requests(after: int | datetime | str | None = None) -> Reply:
    """429; `Retry-After` in seconds, as an HTTP date, as any text, or not at all."""
    if isinstance(after, datetime):
        after = format_datetime(after.astimezone(timezone.utc), usegmt=True)
    headers = {} if after is None else {"Retry-After": str(after)}
    return Reply(429, {"detail": "Too many requests"}, headers)


def server_error() -> Reply:
    """500 as JSON."""
    return Reply(500, {"detail": {"error": "Internal Server Error"}})


def bad_gateway() -> Reply:
    """502 as the HTML of a gateway."""
    title = "502 Bad Gateway"
    body = f"<center><h1>{title}</h1></center>\n<hr><center>openresty</center>"
    return Reply(
        502, f"<html>\n<head><title>{title}</title></head>\n<body>\n{body}\n</body>\n</html>"
    )


def html() -> Reply:
    """200 with a page instead of JSON."""
    return Reply(
        200, "<!DOCTYPE html><html><head><title>Sign in</title></head><body></body></html>"
    )


def challenge(status: int = 403) -> Reply:
    """Cloudflare demands a browser."""
    headers = {
        "Server": "cloudflare",
        "cf-mitigated": "challenge",
        "cf-ray": "0000000000000000-NRT",
        "Content-Type": "text/html; charset=UTF-8",
    }
    body = (
        '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>'
        '<div class="main-wrapper" role="main"><span id="challenge-error-text">Enable JavaScript '
        "and cookies to continue</span></div><script>(function(){window._cf_chl_opt="
        "{cvId:'3',cType:'managed',cRay:'0000000000000000'};})();</script></body></html>"
    )
    return Reply(status, body, headers)


def edge_block() -> Reply:
    """The 403 page of a firewall, without the name of its vendor."""
    return Reply(403, chatgpt.BLOCKED, {"Content-Type": "text/html"})


def country_block() -> Reply:
    """OpenAI does not serve this country."""
    error = {
        "code": "unsupported_country_region_territory",
        "message": "Country, region, or territory not supported",
        "param": None,
        "type": "request_forbidden",
    }
    return Reply(403, {"error": error})


def empty() -> Reply:
    """200 without a body."""
    return Reply()


def cut_json() -> Reply:
    """200 with JSON that ends in the middle, with the right Content-Length."""
    return Reply(body=b'{"code":200,"success":true,"data":{"limits":[{"type":"TOKENS_LI')


def cut_connection() -> Reply:
    """200 whose body ends before the announced length."""
    return Reply(body={"code": 200, "data": {"limits": []}}, truncate=12)


def deep(levels: int = 100_000) -> Reply:
    """200 with lists nested this deep."""
    return Reply(body=b"[" * levels + b"]" * levels)


@dataclass(frozen=True)
class _Spaces:
    size: int

    def __iter__(self) -> Iterator[bytes]:
        block = b" " * 65536
        for start in range(0, self.size, len(block)):
            yield block[: self.size - start]


def huge(size: int = 50_000_000, *, announced: bool = False) -> Reply:
    """200 with `size` bytes of valid white space, in chunks or with its length announced."""
    return Reply(body=_Spaces(size), headers={"Content-Length": str(size)} if announced else {})


def numbers(value: Any) -> Answer:
    """The ordinary answer with every number replaced, also those in strings; envelopes stay."""

    def answer(request: Request) -> Reply:
        reply = World().answer(request)
        return replace(reply, body=_replaced(reply.body, value))

    return answer


def _replaced(body: Any, value: Any) -> Any:
    if isinstance(body, Mapping):
        return {
            name: each if name in ENVELOPE else _replaced(each, value)
            for name, each in body.items()
        }
    if isinstance(body, (list, tuple)):
        return [_replaced(each, value) for each in body]
    if isinstance(body, str):
        return str(value) if body.replace(".", "", 1).isdigit() else body
    return value if isinstance(body, (int, float)) and not isinstance(body, bool) else body


def not_a_number() -> Answer:
    """Every number is NaN."""
    return numbers(float("nan"))


def booleans() -> Answer:
    """Every number is `true`."""
    return numbers(True)


def redirect(location: str, status: int = 302) -> Reply:
    """A redirect."""
    return Reply(status, b"", {"Location": location})


def redirect_away() -> Reply:
    """A redirect to another host."""
    return redirect("https://elsewhere.example/collect")


def redirect_home() -> Reply:
    """A redirect within the host."""
    return redirect("/login")


def hang() -> Reply:
    """No answer for as long as the client waits."""
    return Reply(hang=True)


def drip(pause: float = 0.2) -> Reply:
    """An answer sent byte by byte, with a pause of these seconds before each."""
    return Reply(body=json.dumps({"padding": " " * 1000}).encode(), drip=pause)


def closed() -> Reply:
    """The connection ends without an answer."""
    return Reply(close=True)


BAD_DAYS: Mapping[str, Callable[[], Reply | Answer]] = MappingProxyType(
    {
        "payment required": payment_required,
        "forbidden": forbidden,
        "not found": not_found,
        "too many requests": too_many_requests,
        "too many requests, seconds": lambda: too_many_requests(120),
        "too many requests, date": lambda: too_many_requests(
            datetime.now(timezone.utc) + timedelta(minutes=5)
        ),
        "server error": server_error,
        "bad gateway": bad_gateway,
        "html": html,
        "challenge": challenge,
        "edge block": edge_block,
        "country block": country_block,
        "empty": empty,
        "cut json": cut_json,
        "cut connection": cut_connection,
        "deep": deep,
        "huge": huge,
        "not a number": not_a_number,
        "booleans": booleans,
        "redirect away": redirect_away,
        "redirect home": redirect_home,
        "hang": hang,
        "drip": drip,
        "closed": closed,
    }
)
