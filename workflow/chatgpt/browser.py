"""What a browser says at the pages of chatgpt.com, in one consistent set.

The pages that a browser asks (``/api/auth/session``, ``accounts/check``, ``conversation/init`` …) stand
behind an edge that wants a browser's headers; ``wham/*`` is OpenAI's own interface for programs, which
are asked to name themselves there. The set is Safari's, whose network stack is the system's on a Mac.
"""

from __future__ import annotations

import re
import uuid
from typing import Dict

HOME = "https://chatgpt.com/"
USER_AGENT = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Safari/605.1.15"
)
_DEVICE = re.compile(r"(?:^|;\s*)oai-did=([A-Za-z0-9-]{8,64})(?=;|$)")


def page_headers() -> Dict[str, str]:
    """The headers that a browser sends for what a page of chatgpt.com loads from there."""
    return {
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Language": "en-US,en;q=0.9",
        "Referer": HOME,
        "Sec-Fetch-Dest": "empty",
        "Sec-Fetch-Mode": "cors",
        "Sec-Fetch-Site": "same-origin",
    }


def device(cookie: str, account_id: str = "") -> str:
    """The id of the device: the one that the cookie names, else one of the account's own.

    Args:
        cookie: the Cookie header of a session, or "".
        account_id: the account; "" where it is not known, which makes none.
    """
    found = _DEVICE.search(cookie)
    if found:
        return found[1]
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{HOME}{account_id}")) if account_id else ""
