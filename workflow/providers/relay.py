"""Relay: a gateway at an address that the user gives (New API, One API, Sub2API, LiteLLM, claude-relay-service).

The address is the scope ``address``, and the key is sent nowhere else. The kind of gateway is detected once
and stored with the account (``kind``); so is the id of a claude-relay-service key (``id``), which is sent
instead of the key.
"""

from __future__ import annotations

from ..errors import UnexpectedResponse
from ..i18n.message import Message, _
from ..models import Account, Credential, Usage
from ..provider import address
from ..provider.contract import Client, Form, Provider, RateLimit, kept_pages, shape, vague
from ..relay import claude_relay, kinds, litellm, new_api, sub2api

PROVIDER = Provider(
    id="relay",
    name="Relay 中转站 (New API, One API, Sub2API, LiteLLM)",
    short="Relay",
    kind="prepaid",
    needs=_("its address and a key"),
    shows=_("quota of the key, wallet, budget, in the unit that the relay shows"),
    keys={"": "https://docs.newapi.pro/"},
    dashboard={"": "https://docs.newapi.pro/"},
    shapes=(
        shape(r"cr_[\w-]{16,200}", _("a key of claude-relay-service")),
        vague(r"[\w-]{20,200}", _("a key of a relay")),
    ),
    scopes={
        "address": _("the relay's address"),
        "user": _("user ID (a number), with a system access token: the whole wallet"),
    },
    kinds={
        "new-api": "New API",
        "one-api": "One API",
        "sub2api": "Sub2API",
        "litellm": "LiteLLM",
        "claude-relay": "claude-relay-service",
    },
    forms={"user": Form(_("a user ID"), r"\d{1,12}", "42")},
    rate_limit=RateLimit(15, 20 * 60, "address"),  # New API refuses the 21st of all clients
    match="relay gateway proxy newapi oneapi new-api one-api sub2api litellm crs 中转 网关 代理 balance 余额 额度",
    aliases=("中转", "中转站", "new api", "one api", "sub2api", "litellm"),
    letters="RL",
    steps=(
        _("Open your relay's own page and log in; {keys} describes the most common kind."),
        _("Create an API key (a token) there and copy it while it is shown."),
        _(
            "Add it together with the relay's address. In a shell: `tankful add relay "
            "--address https://relay.example`. The key is only ever sent to this address."
        ),
    ),
)
_NO_ADDRESS: Message = _("{provider}: its address is missing; remove the account and add it again")
_ID = "key-id"


async def scope_of(client: Client, account: Account, credential: Credential) -> dict[str, str]:
    """Detect the kind of relay, and fetch the id of the key if that kind needs it. Raises UsageError."""
    base, secret = _base(account), credential.secret
    kind = kinds.read(account.scope.get("kind", "")) or await kinds.detect(client, base, secret)
    if kind != "claude-relay" or account.scope.get("id"):
        return {"kind": kind}
    return {"kind": kind, "id": await claude_relay.key_id(client, base, secret)}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the usage from the relay. Raises UsageError."""
    kept = kept_pages(client)
    base, secret = _base(account), credential.secret
    kind = kinds.read(account.scope.get("kind", "") or str(kept.get("kind", "")))
    if kind is None:
        kept["kind"] = kind = await kinds.detect(client, base, secret)
    if kind == "sub2api":
        return await sub2api.fetch(client, base, secret)
    if kind == "litellm":
        return await litellm.fetch(client, base, secret)
    if kind == "claude-relay":
        id = account.scope.get("id") or kept.get(_ID)
        if not isinstance(id, str):
            kept[_ID] = id = await claude_relay.key_id(client, base, secret)
        return await claude_relay.fetch(client, base, id)
    user = account.scope.get("user", "")
    return await new_api.fetch(client, base, secret, user, describes_keys=kind == "new-api")


def _base(account: Account) -> str:
    base = account.scope.get(address.SCOPE, "")
    if not base:
        raise UnexpectedResponse(_NO_ADDRESS)
    return base
