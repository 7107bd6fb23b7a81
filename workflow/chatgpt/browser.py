"""Makes a consistent set of browser headers for pages of chatgpt.com.

The pages that a browser requests (``/api/auth/session``, ``accounts/check``, ``conversation/init`` …) are
behind an edge that expects a browser's headers. ``wham/*`` is OpenAI's interface for programs, where these
name themselves. The headers are Safari's, which uses the system's network stack on a Mac.
"""

from __future__ import annotations

import re
import uuid

HOME = "https://chatgpt.com/"
USER_AGENT = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Safari/605.1.15"
)
_DEVICE = re.compile(r"(?:^|;\s*)oai-did=([A-Za-z0-9-]{8,64})(?=;|$)")


def page_headers() -> dict[str, str]:
    """Make the headers that a browser sends for requests from a page of chatgpt.com."""
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
    """Return the device id in the cookie, else one made from the account, else "".

    Args:
        cookie: the Cookie header of a session, or "".
        account_id: the account; "" if it is not known.
    """
    match = _DEVICE.search(cookie)
    if match:
        return match[1]
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{HOME}{account_id}")) if account_id else ""
