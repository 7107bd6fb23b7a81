"""Reads the claims of a JWT. The signature is not checked, as nothing depends on it.

An access token of ChatGPT has three parts and contains its expiry (``exp``), the workspace, the plan and
the e-mail address. A session token has five parts and is encrypted, so nothing can be read in it.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import Any

CHATGPT = "https://api.openai.com/auth"  # the claim that only OpenAI's tokens have
_PROFILE = "https://api.openai.com/profile"
_MAX_TOKEN = 32 * 1024  # characters; longer tokens are not read
_MAX_VALUE = 320  # characters of an e-mail address at most
_LATEST = 253402200000  # epoch seconds of the last day of the year 9999


def claims(token: str) -> dict[str, Any]:
    """Read the claims of a token; {} for anything else than a JWT."""
    parts = token.split(".") if len(token) <= _MAX_TOKEN else []
    if len(parts) != 3 or not _object(parts[0]):
        return {}
    return _object(parts[1])


def expiry(token: str) -> datetime | None:
    """Read when the token expires, aware UTC; None if it does not say."""
    return _moment(token, "exp")


def issued(token: str) -> datetime | None:
    """Read when the token was issued, aware UTC by the issuer's clock; None if it does not say."""
    return _moment(token, "iat")


def _moment(token: str, name: str) -> datetime | None:
    stamp = claims(token).get(name)
    if isinstance(stamp, bool) or not isinstance(stamp, (int, float)) or not 0 < stamp < _LATEST:
        return None
    return datetime.fromtimestamp(stamp, timezone.utc)


def account_id(token: str) -> str | None:
    """Read the id of the ChatGPT workspace that the token was issued for."""
    return _text(token, CHATGPT, "chatgpt_account_id")


def plan(token: str) -> str | None:
    """Read the plan at the time of issue."""
    return _text(token, CHATGPT, "chatgpt_plan_type")


def email(token: str) -> str | None:
    """Read the e-mail address of the token's owner."""
    return _text(token, _PROFILE, "email")


def _text(token: str, group: str, name: str) -> str | None:
    claim = claims(token).get(group)
    value = claim.get(name) if isinstance(claim, dict) else None
    if not isinstance(value, str) or not value.isprintable():
        return None
    return value[:_MAX_VALUE] or None


def _object(part: str) -> dict[str, Any]:
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
