"""Reading what a JWT says of itself. The signature is never checked: nothing is decided by it.

An access token of ChatGPT has three parts and names its end (``exp``), the workspace, the plan and
the e-mail address. A session token has five parts, is encrypted and tells nothing.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone
from typing import Any, Dict, Optional

CHATGPT = "https://api.openai.com/auth"  # the claim that only OpenAI's tokens have
_PROFILE = "https://api.openai.com/profile"
_LONGEST = 32 * 1024  # characters of a token that are looked at
_LONGEST_VALUE = 320  # an e-mail address has no more
_LATEST = 253402200000  # the last day of the year 9999


def claims(token: str) -> Dict[str, Any]:
    """The claims of a token, {} for anything that is no JWT."""
    parts = token.split(".") if len(token) <= _LONGEST else []
    if len(parts) != 3 or not _object(parts[0]):
        return {}
    return _object(parts[1])


def expiry(token: str) -> Optional[datetime]:
    """When the token ends, aware UTC; None when it does not say."""
    return _moment(token, "exp")


def issued(token: str) -> Optional[datetime]:
    """When the token was made, by the clock of who made it; None when it does not say."""
    return _moment(token, "iat")


def _moment(token: str, name: str) -> Optional[datetime]:
    stamp = claims(token).get(name)
    if isinstance(stamp, bool) or not isinstance(stamp, (int, float)) or not 0 < stamp < _LATEST:
        return None
    return datetime.fromtimestamp(stamp, timezone.utc)


def account_id(token: str) -> Optional[str]:
    """The ChatGPT workspace that the token was made for."""
    return _text(token, CHATGPT, "chatgpt_account_id")


def plan(token: str) -> Optional[str]:
    """The plan at the time when the token was made."""
    return _text(token, CHATGPT, "chatgpt_plan_type")


def email(token: str) -> Optional[str]:
    """Whose token it is."""
    return _text(token, _PROFILE, "email")


def _text(token: str, group: str, name: str) -> Optional[str]:
    found = claims(token).get(group)
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, str) or not value.isprintable():
        return None
    return value[:_LONGEST_VALUE] or None


def _object(part: str) -> Dict[str, Any]:
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
