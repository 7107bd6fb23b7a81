"""Stores accounts with the stand-in's credentials, without any request."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from tests.standin import KEYS
from workflow.credentials import keychain, store
from workflow.models import Account, Credential, Quota, Snapshot, Usage
from workflow.records import replace
from workflow.storage import accounts
from workflow.storage.accounts import Accounts
from workflow.storage.snapshots import Cache

SIX: Mapping[str, str] = {
    "chatgpt": "chatgpt-plus",
    "glm": "glm-intl",
    "kimi": "kimi-intl",
    "minimax": "minimax-plan-intl",
    "openai": "openai-admin",
    "tavily": "tavily-dev",
}
MAIN: Mapping[str, tuple[str, str]] = {
    "chatgpt": ("chatgpt.com", "/backend-api/wham/usage"),
    "glm": ("api.z.ai", "/api/monitor/usage/quota/limit"),
    "kimi": ("api.moonshot.ai", "/v1/users/me/balance"),
    "minimax": ("api.minimax.io", "/v1/token_plan/remains"),
    "openai": ("api.openai.com", "/v1/organization/costs"),
    "tavily": ("api.tavily.com", "/usage"),
}
GOOD = Usage((Quota("Plan", "%", Decimal(28), Decimal(100), Decimal(72)),), plan="Remembered")


def account(key: str, label: str = "", secret: str = "") -> Account:
    """Store an account with a key of the stand-in, or with another secret of the same kind."""
    known = KEYS[key]
    session = known.kind == "session"
    credential = Credential(
        known.kind,
        "" if session else secret or known.value,
        (secret or known.value) if session else "",
    )
    wanted = Account(
        accounts.new_id(known.provider),
        known.provider,
        label or known.name,
        known.region,
        dict(known.scopes),
        known.kind,
    )
    return store.store(wanted, credential)


def six() -> dict[str, Account]:
    """Store an account of each of the six providers, and return them by provider."""
    return {provider: account(key) for provider, key in SIX.items()}


def many(count: int) -> list[Account]:
    """Store this many accounts, of the six providers in turn, with one write."""
    keys = list(SIX.values())
    found, secrets = [], {}
    for index in range(count):
        known = KEYS[keys[index % len(keys)]]
        each = Account(
            f"{known.provider}-{index:08x}",
            known.provider,
            f"{known.provider} {index}",
            known.region,
            kind=known.kind,
        )
        found.append(each)
        packed = json.dumps({"kind": known.kind, "secret": known.value})
        secrets[f"{keychain.SERVICE}/{store.name(each.id, 1)}"] = packed

    def together(book: Accounts) -> Accounts:
        return replace(book, accounts=(*book.accounts, *found))

    accounts.change(together)
    Path(os.environ["TANKFUL_TEST_KEYRING"]).write_text(json.dumps(secrets), encoding="utf-8")
    return found


def remember(*told: Account, ago: timedelta = timedelta(hours=1), usage: Usage = GOOD) -> datetime:
    """Cache a success of these accounts that is ``ago`` old, and return its time."""
    at = datetime.now(timezone.utc) - ago
    for each in told:
        save(Snapshot(each.id, usage, at))
    return at


def save(snapshot: Snapshot) -> None:
    """Put a snapshot into the cache."""
    with Cache() as cache:
        cache.put(snapshot)


def snapshot(account_id: str) -> Snapshot:
    """Read the snapshot of an account from the cache."""
    with Cache() as cache:
        return cache.get(account_id)
