"""An answer of a provider: its JSON, and which error a status or a challenge stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, List, Mapping, Optional, Tuple

from ..errors import (
    Blocked,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
)
from ..i18n.message import Message, _
from ..storage import json_codec
from . import reading
from .reading import MAX_TEXT

MAX_DEPTH = 64
CHALLENGE_WAIT = timedelta(minutes=30)
MAX_MESSAGE = 120  # characters of its message inside a sentence of ours
_MESSAGES = ("error", "base_resp", "detail", "msg", "message", "status_msg", "baseResp", "statusMsg", "error_description", "error_msg")  # fmt: skip
_DATE = r"\d{4}-\d\d-\d\d(T\d\d)?(?![\w.~+/=-])"
_PERSONAL = re.compile(
    r"[^\s@]+@[^\s@]+"  # an e-mail address
    r"|\S*\*\*\S*"  # a key with stars in it
    r"|(?<![\w.~+/=-])(?!" + _DATE + r")(?=[\w.~+/=-]*\d)[\w.~+/=-]{12,}"  # a key, a token, an id
    r"|\b[a-z]{2,5}-(?=[\w-]*[A-Z\d])[\w-]{6,}|\w*[-_][\w-]*(…|\.\.\.)\S*"  # its beginning
    r"|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{20,}|[A-Za-z]{24,}",  # the same without digits
    re.ASCII,
)
_ACCOUNT = (("account", "账号"), ("account", "账户"))  # signs of an account that is closed
_CLOSED = (
    ("deactivat", "停用"),
    ("suspend", "冻结"),
    ("banned", "封禁"),
    ("terminat", "注销"),
    ("disabled", "禁用"),
)
_NOTHING_NEW = re.compile(  # that the credential is wrong, as our own sentences say
    r"\W*(un|not )?authori[sz]ed\W*\Z|\W*forbidden\W*\Z|login fail"
    r"|(invalid|incorrect|missing|wrong|no) .{0,20}\b(key|token|credential|authentication)"
)
_DEACTIVATED: Message = _(
    "{provider}: the account of this key is deactivated; contact {provider}, or use another account's key from {keys}"
)
COUNTRY: Message = _(
    "{provider} does not serve this country or region; use a network where it does"
)
_CHALLENGE = (b"just a moment", b"cf-chl", b"challenge-platform", b"cf_chl", b"attention required")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, read whole."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case; one sets cookies
    body: bytes = field(repr=False)
    at: datetime  # when it arrived, aware UTC
    cookies: tuple[str, ...] = field(default=(), repr=False)  # Set-Cookie values as sent

    def json(self) -> Any:
        """The document of a successful answer. Raises the UsageError of the status otherwise."""
        error = status_error(self)
        if error is not None:
            raise error
        found = self.document()
        if found is None:
            raise UnexpectedResponse
        return found

    def document(self) -> Any:
        """The document whatever the status, or None when there is none.

        Raises Blocked when an edge answered in the provider's place.
        """
        if is_challenge(self):
            raise challenged(self)
        try:
            found = json_codec.loads(self.body)
        except ValueError:
            return None
        return found if _shallow(found) else None


def is_challenge(answer: Answer) -> bool:
    """Whether an edge (Cloudflare, a WAF) answered instead of the provider."""
    if "cf-mitigated" in answer.headers:
        return True
    if not is_html(answer):
        return False
    return answer.status == 403 or any(sign in answer.body[:8192].lower() for sign in _CHALLENGE)


def challenged(answer: Answer) -> Blocked:
    """What an edge that wants a browser means; it is not asked again before half an hour has passed."""
    return Blocked(retry_at=answer.at + CHALLENGE_WAIT)


def is_html(answer: Answer) -> bool:
    """Whether the body is a web page."""
    if "html" in answer.headers.get("content-type", ""):
        return True
    return answer.body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html"))


def status_error(answer: Answer) -> Optional[UsageError]:
    """What an HTTP status means at every provider; None for a success."""
    status = answer.status
    if is_challenge(answer):
        return challenged(answer)
    if 200 <= status < 300:
        return None
    if status in (401, 402, 403):
        return _refusal(answer)
    if status == 429:
        return RateLimited(retry_at=retry_at(answer))
    if status >= 500:
        return ProviderFailed(retry_at=retry_at(answer))
    return unknown_error(answer)


def unknown_error(answer: Answer, code: object = None) -> UnexpectedResponse:
    """An error that no table of ours has: our sentence, with the vendor's own message inside it.

    Args:
        code: the vendor's code, where it told one; else the HTTP status is named.
    """
    told, said = code, vendor_message(answer)
    named = None if told is None else reading.text(str(told), 40)
    if named is None and said is None and 200 <= answer.status < 300:
        return UnexpectedResponse()
    code = _("code {code}", code=_masked(named or ""))
    if named is None:
        code = _("HTTP {status}", status=answer.status)
    if said:
        code = _("{code} (“{words}”)", code=code, words=said)
    return UnexpectedResponse(
        _(
            "{provider} answered with {code}, which Tankful does not know; try again, then update Tankful",
            code=code,
        )
    )


def vendor_message(answer: Answer) -> Optional[str]:
    """What the vendor itself says of an error, as data to quote; None when it says nothing.

    It is one line, bounded, without control characters, and without what may be a credential, an
    id or an e-mail address, since vendors repeat those.
    """
    if is_html(answer):
        return None
    try:
        told = json_codec.loads(answer.body)
    except ValueError:
        plain = answer.headers.get("content-type", "").startswith("text/plain")
        told = answer.body[: 8 * MAX_TEXT].decode("utf-8", "replace") if plain else None
    said = reading.text(_message(told), 5 * MAX_TEXT)
    return reading.text(_masked(said), MAX_MESSAGE) if said else None


def quoting(words: Message, answer: Answer) -> Message:
    """A sentence of ours ("what; what next") with the vendor's own message behind what it says.

    A message that says no more than that the credential is wrong is left out.
    """
    said = vendor_message(answer)
    if said is None or _NOTHING_NEW.search(said.lower()):
        return words
    return words._replace(quote=said)


def _message(told: object, depth: int = 3) -> Optional[str]:
    """The first message in the places where vendors put one."""
    if isinstance(told, str):
        return told if told.strip() else None
    if isinstance(told, list):
        told = told[0] if told else None
    if not isinstance(told, dict) or not depth:
        return None
    found = (_message(told.get(name), depth - 1) for name in _MESSAGES)
    return next((said for said in found if said), None)


def _masked(said: str) -> str:
    said = _PERSONAL.sub("•••", said)
    return said.replace("{", "(").replace("}", ")")  # braces stand for our own names in a sentence


def _refusal(answer: Answer) -> UsageError:
    if b"unsupported_country" in answer.body:
        return Blocked(COUNTRY)
    if answer.status == 402:
        return NotAvailable()
    said = (vendor_message(answer) or "").lower()
    if not (_has(_ACCOUNT, said) and _has(_CLOSED, said)):
        return CredentialRejected()
    plain = _has(_CLOSED[:1], said)
    return CredentialRejected(_DEACTIVATED if plain else quoting(_DEACTIVATED, answer))


def _has(signs: Tuple[Tuple[str, str], ...], said: str) -> bool:
    return any(sign in said for pair in signs for sign in pair)


def rejected(answer: Answer, words: Message = CredentialRejected.default) -> Optional[UsageError]:
    """What the status means, and where the credential is refused what the answer says of that.

    Args:
        words: the provider's own sentence for a credential that is wrong.
    """
    error = status_error(answer)
    if isinstance(error, CredentialRejected) and error.message == CredentialRejected.default:
        return CredentialRejected(quoting(words, answer))
    return error


def retry_at(answer: Answer) -> Optional[datetime]:
    """When the answer's Retry-After (seconds or an HTTP date) has passed; None without one."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return answer.at + timedelta(seconds=min(int(told[:9]), 7 * 86400))
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to import

    try:
        when = parsedate_to_datetime(told)
        when = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
        return min(when.astimezone(timezone.utc), answer.at + timedelta(days=7))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def latest(answer: Answer) -> datetime:
    """The later of our clock and the server's (the header Date), when an answer came.

    What lies too far ahead of both was told so; a clock of ours that is slow is no reason to doubt it.
    """
    told = http_date(answer.headers.get("date", ""))
    return max(answer.at, told) if told else answer.at


def http_date(told: str) -> Optional[datetime]:
    """A moment as a header tells it, aware UTC; None for anything else."""
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to import

    try:
        when = parsedate_to_datetime(told)
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _shallow(value: object) -> bool:
    layer = [value]
    for _level in range(MAX_DEPTH):
        layer = [child for parent in layer for child in _children(parent)]
        if not layer:
            return True
    return False


def _children(value: object) -> List[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
