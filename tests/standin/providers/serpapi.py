"""SerpApi: a paid plan and a free one. The key is in the query, and in the answer."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain, hexadecimal


def _told(number: int, plan: str, whole: int, left: int, **more: object) -> dict[str, object]:
    return {
        "account_id": "5e7e",
        "api_key": hexadecimal("", number, 64),
        "account_email": "demo@example.com",
        "account_status": "Active",
        "plan_name": plan,
        "plan_renewal_date": None,
        "searches_per_month": whole,
        "plan_searches_left": left,
        "extra_credits": 0,
        "total_searches_left": left,
        "this_month_usage": whole - left,
        **more,
    }


SERVER = Plain(
    keys=(
        Key("serpapi", hexadecimal("", 1, 64), "serpapi", "", "5,958 of 30,000 searches left"),
        Key(
            "serpapi-free",
            hexadecimal("", 2, 64),
            "serpapi",
            "",
            "190 of 250 left, 3 extra credits",
        ),
    ),
    pages={
        "serpapi.com/account.json": {
            "serpapi": _told(1, "Big Data Plan", 30000, 5958, plan_renewal_date="2035-11-17"),
            "serpapi-free": _told(2, "Free Plan", 250, 190, extra_credits=3),
        },
    },
    refused=Reply(
        401,
        {
            "error": "Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key"
        },
    ),
    secret=lambda request: request.value("api_key"),
)
