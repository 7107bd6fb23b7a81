"""DeepL: the characters of the account and of the key.

``/v2/usage`` answers ``{"character_count": 180118, "character_limit": 500000}``, on Pro with
``"api_key_character_count"``, ``"api_key_character_limit"`` (0: the key has no limit) and ``"end_time"``, the
end of the period. A limit of 1000000000000 means no limit. A key that ends in ``:fx`` belongs to the free
API, which has its own host; the other host refuses it like a wrong key.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from ..errors import RateLimited
from ..i18n.message import _
from ..models import Account, Credential, Quota, Usage
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, UUID, Client, Provider, shape, vague
from ..provider.counts import allowance
from ..provider.reading import Fields, count, moment
from ..provider.refusals import Table, document
from ..provider.usages import usage_of

PROVIDER = Provider(
    id="deepl",
    name="DeepL",
    short="DeepL",
    kind="plan",
    needs=_("an API key, of the free API (…:fx) or of Pro"),
    shows=_("characters of the account and of the key, reset on Pro"),
    keys={"": "https://www.deepl.com/your-account/keys"},
    dashboard={"": "https://www.deepl.com/your-account/usage"},
    shapes=(
        shape(UUID + ":fx", _("a key of DeepL's free API")),
        vague(UUID, _("possibly a key of DeepL Pro")),
    ),
    match="deepl translate 翻译 字符",
    variables={"DEEPL_API_KEY": "", "DEEPL_AUTH_KEY": ""},
    letters="DL",
    steps=(
        LOG_IN,
        _("Create an API key, or copy an existing one; one of the free API ends in `:fx`."),
    ),
)
_FREE, _PRO = "https://api-free.deepl.com/v2/usage", "https://api.deepl.com/v2/usage"
_REFUSALS: Table = {
    456: (
        RateLimited,
        _("{provider} says that the characters of this period are used up; wait for the next one"),
    ),
}
_NO_LIMIT = Decimal(10) ** 12


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the characters. Raises UsageError."""
    url = _FREE if credential.secret.endswith(":fx") else _PRO
    headers = bearer(credential.secret, "DeepL-Auth-Key")
    return parse(document(await client.get(url, headers=headers), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no characters."""
    ends = moment(fields.get("end_time"))
    plan = _characters("Plan", fields, "character", ends)
    key = _characters("Key", fields, "api_key_character", ends)
    if key is not None and not key.limit:
        key = None  # without a limit of its own it repeats the account's characters
    return usage_of((plan, key))


def _characters(label: str, fields: Fields, name: str, ends: datetime | None) -> Quota | None:
    used, limit = count(fields.get(f"{name}_count")), count(fields.get(f"{name}_limit"))
    endless = limit is not None and limit >= _NO_LIMIT
    limit = None if endless else limit
    return allowance(label, "characters", used=used, limit=limit, resets_at=ends, unlimited=endless)
