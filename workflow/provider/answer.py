"""An HTTP answer of a provider: its JSON document, and the error that a status or a challenge means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

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
from ..records import dataclass, field
from ..storage import json_codec
from . import reading
from .provenance import Trace
from .reading import MAX_TEXT

MAX_DEPTH = 64
MAX_RETRY_AFTER = timedelta(days=7)
CHALLENGE_WAIT = timedelta(minutes=30)
MAX_MESSAGE = 120  # characters of the vendor's message inside a sentence of ours
_MESSAGES = ("error", "base_resp", "detail", "msg", "message", "status_msg", "baseResp", "statusMsg", "error_description", "error_msg")  # fmt: skip
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_USUAL_DATE = re.compile(  # the form that servers must send (RFC 9110)
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ("
    + "|".join(re.findall("...", _MONTHS))
    + r") ([1-9]\d{3}) (\d\d):(\d\d):(\d\d) GMT",
    re.ASCII,
)
_DATE = r"\d{4}-\d\d-\d\d(T\d\d)?(?![\w.~+/=-])"
_PERSONAL = (
    r"(?a)[^\s@]+@[^\s@]+"  # an e-mail address
    r"|\S*\*\*\S*"  # a key masked with stars
    r"|(?<![\w.~+/=-])(?!" + _DATE + r")(?=[\w.~+/=-]*\d)[\w.~+/=-]{12,}"  # a key, a token, an id
    r"|\b[a-z]{2,5}-(?=[\w-]*[A-Z\d])[\w-]{6,}"  # the beginning of one
    r"|(?<![\w-])(?=\w*[-_])[\w-]+(…|\.\.\.)\S*"  # one that is cut
    r"|(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{20,}|[A-Za-z]{24,}"  # one without digits
)
_ACCOUNT = (("account", "账号"), ("account", "账户"))  # with _CLOSED: the account is closed
_CLOSED = (
    ("deactivat", "停用"),
    ("suspend", "冻结"),
    ("banned", "封禁"),
    ("terminat", "注销"),
    ("disabled", "禁用"),
)
_ONLY_REFUSES = (  # only says that the credential is wrong, as our own sentences do
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
    """An HTTP answer with its whole body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)  # names in lower case; one sets cookies
    body: bytes = field(repr=False)
    at: datetime  # when it arrived, aware UTC
    cookies: tuple[str, ...] = field(default=(), repr=False)  # Set-Cookie values as sent
    trace: Trace | None = field(default=None, repr=False, compare=False)  # of the values read in it

    def json(self) -> Any:
        """Parse the JSON of a successful answer.

        Raises the UsageError of the status, and UnexpectedResponse if the body is not JSON.
        """
        error = status_error(self)
        if error is not None:
            raise error
        document = self.document()
        if document is None:
            raise UnexpectedResponse
        return document

    def document(self) -> Any:
        """Parse the JSON whatever the status; None if the body is not JSON.

        Raises Blocked if an edge answered instead of the provider.
        """
        if is_challenge(self):
            raise challenge_error(self)
        if self.trace is not None and self.trace.root is not None:
            return self.trace.root
        try:
            document = json_codec.foreign(self.body)
        except ValueError:
            return None
        if not _is_shallow(document):
            return None
        return document if self.trace is None else self.trace.document(document)


def is_challenge(answer: Answer) -> bool:
    """Tell whether an edge (Cloudflare, a WAF) answered instead of the provider."""
    if "cf-mitigated" in answer.headers:
        return True
    if not is_html(answer):
        return False
    return answer.status == 403 or any(sign in answer.body[:8192].lower() for sign in _CHALLENGE)


def challenge_error(answer: Answer) -> Blocked:
    """Make the error for an edge that wants a browser; the next request waits for CHALLENGE_WAIT."""
    return Blocked(retry_at=answer.at + CHALLENGE_WAIT)


def is_html(answer: Answer) -> bool:
    """Tell whether the body is a web page."""
    if "html" in answer.headers.get("content-type", ""):
        return True
    return answer.body.lstrip()[:15].lower().startswith((b"<!doctype", b"<html"))


def status_error(answer: Answer) -> UsageError | None:
    """Return the error that an HTTP status means at every provider; None for a success."""
    status = answer.status
    if is_challenge(answer):
        return challenge_error(answer)
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
    """Make the error for an answer that no table explains, with the vendor's own message inside it.

    Args:
        code: the vendor's code; None to name the HTTP status instead.
    """
    name = None if code is None else reading.short(str(code))
    message = vendor_message(answer)
    if name is None and message is None and 200 <= answer.status < 300:
        return UnexpectedResponse()
    if name is None:
        what = _("HTTP {status}", status=answer.status)
    else:
        what = _("code {code}", code=_masked(name))
    if message:
        what = _("{code} (“{text}”)", code=what, text=message)
    return UnexpectedResponse(
        _(
            "{provider} answered with {code}, which Tankful does not know; try again, then update Tankful",
            code=what,
        )
    )


def vendor_message(answer: Answer) -> str | None:
    """Return the vendor's own message about an error, as data to quote; None if there is none.

    It is one line of limited length without control characters. Anything that may be a credential, an
    id or an e-mail address is masked, since vendors repeat those.
    """
    if is_html(answer):
        return None
    try:
        document = json_codec.foreign(answer.body)
    except ValueError:
        plain = answer.headers.get("content-type", "").startswith("text/plain")
        document = answer.body[: 8 * MAX_TEXT].decode("utf-8", "replace") if plain else None
    message = reading.text(_message(document), 5 * MAX_TEXT)
    return reading.text(_masked(message), MAX_MESSAGE) if message else None


def quoting(message: Message, answer: Answer) -> Message:
    """Quote the vendor's own message in a sentence of ours ("what; what next"), after the "what".

    A message that says only that the credential is wrong is left out.
    """
    quote = vendor_message(answer)
    if quote is None or re.search(_ONLY_REFUSES, quote.lower()):
        return message
    return message._replace(quote=quote)


def _message(value: object, depth: int = 3) -> str | None:
    """Return the first message in any of the fields where vendors put one."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict) or not depth:
        return None
    messages = (_message(value.get(name), depth - 1) for name in _MESSAGES)
    return next((message for message in messages if message), None)


def _masked(message: str) -> str:
    """Mask what may be personal; braces stand for our own names in a sentence."""
    return re.sub(_PERSONAL, "•••", message).replace("{", "(").replace("}", ")")


def _refusal(answer: Answer) -> UsageError:
    if b"unsupported_country" in answer.body:
        return Blocked(COUNTRY)
    if answer.status == 402:
        return NotAvailable()
    message = (vendor_message(answer) or "").lower()
    if not (_has(_ACCOUNT, message) and _has(_CLOSED, message)):
        return CredentialRejected()
    plain = _has(_CLOSED[:1], message)
    return CredentialRejected(_DEACTIVATED if plain else quoting(_DEACTIVATED, answer))


def _has(signs: tuple[tuple[str, str], ...], message: str) -> bool:
    return any(sign in message for pair in signs for sign in pair)


def rejected(answer: Answer, message: Message = CredentialRejected.default) -> UsageError | None:
    """Return the error of the status as ``status_error`` does, with the vendor quoted if it is a refusal.

    Args:
        message: our sentence for a credential that this provider refuses.
    """
    error = status_error(answer)
    if isinstance(error, CredentialRejected) and error.message == CredentialRejected.default:
        return CredentialRejected(quoting(message, answer))
    return error


def retry_at(answer: Answer) -> datetime | None:
    """Return the time that Retry-After (seconds or an HTTP date) gives, at most MAX_RETRY_AFTER away.

    None without such a header.
    """
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return answer.at + min(timedelta(seconds=int(value[:9])), MAX_RETRY_AFTER)
    when = http_date(value)
    return None if when is None else min(when, answer.at + MAX_RETRY_AFTER)


def latest(answer: Answer) -> datetime:
    """Return the later of our clock and the server's (the Date header) at the time of an answer.

    Our clock may be slow, so a reset is rejected only if it is too far ahead of both.
    """
    server_time = http_date(answer.headers.get("date", ""))
    return max(answer.at, server_time) if server_time else answer.at


def clock_ahead(answer: Answer) -> float | None:
    """Return how many seconds our clock is ahead of the server's; None if the answer has no Date.

    The Age header of an answer from a cache is subtracted (RFC 9111).
    """
    when = http_date(answer.headers.get("date", ""))
    age = answer.headers.get("age", "0").strip()
    if when is None or not (age.isascii() and age.isdigit() and len(age) < 9):
        return None
    return (answer.at - when).total_seconds() - int(age)


def http_date(value: str) -> datetime | None:
    """Parse the date of a header (RFC 5322) as aware UTC; None for anything else."""
    usual = _USUAL_DATE.fullmatch(value)
    try:
        if usual:
            month = _MONTHS.index(usual[2]) // 3 + 1
            day, year, hour, minute, second = map(int, usual.group(1, 3, 4, 5, 6))
            return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
        from email.utils import parsedate_to_datetime  # rarely needed, and slow to import

        when = parsedate_to_datetime(value)
        return (when if when.tzinfo else when.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _is_shallow(value: object) -> bool:
    """Tell whether a document is nested no deeper than MAX_DEPTH."""
    layer = _branches([value])
    for _level in range(MAX_DEPTH):
        layer = [child for parent in layer for child in _branches(parent)]
        if not layer:
            return True
    return False


def _branches(value: Any) -> list[Any]:
    """List the objects and arrays directly inside an object or array."""
    inner = value.values() if isinstance(value, dict) else value
    return [child for child in inner if isinstance(child, (dict, list))]
