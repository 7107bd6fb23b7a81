"""ElevenLabs: the characters of the plan, and the extra ones beyond it.

``/v1/user/subscription`` answers ``{"tier": "creator", "character_count": 31250, "character_limit": 125000,
"next_character_count_reset_unix": 1792227600, "max_character_limit_extension": 50000 | null,
"allowed_to_extend_character_limit": true, "status": "active", …}``. Use beyond the limit is possible and
billed. Newer answers have ``max_credit_limit_extension`` for the last two: a number, "unlimited", or 0 for no
such use. With the status ``free_disabled`` characters may be left, but the vendor refuses work until one
subscribes. A 401 means a wrong key, or a valid one that may not read the account (``missing_permissions``).
"""

from __future__ import annotations

from decimal import Decimal

from ..errors import UnexpectedResponse, WrongCredential
from ..i18n.message import _
from ..models import Account, Credential, Quota, Usage, WorkBlocked
from ..provider.calls import keyed
from ..provider.contract import LOG_IN, Client, Provider, shape
from ..provider.counts import allowance
from ..provider.reading import Fields, count, moment, short
from ..provider.refusals import Table, document

PROVIDER = Provider(
    id="elevenlabs",
    name="ElevenLabs",
    short="ElevenLabs",
    kind="plan",
    needs=_("an API key with permission to read the account (sk_…)"),
    shows=_("characters of the plan and beyond it, reset"),
    keys={"": "https://elevenlabs.io/app/settings/api-keys"},
    dashboard={"": "https://elevenlabs.io/app/subscription"},
    shapes=(
        shape(r"sk_[0-9a-f]{48}", _("an ElevenLabs API key")),
        shape(r"sk_[A-Za-z0-9]{20,64}", _("possibly an ElevenLabs API key"), sure=False),
    ),
    match="elevenlabs eleven labs voice speech tts 语音 配音",
    variables={"ELEVENLABS_API_KEY": "", "ELEVEN_API_KEY": "", "XI_API_KEY": ""},
    letters="EL",
    steps=(
        LOG_IN,
        _(
            "Create an API key, `sk_…`, switch on **User: read** for it, and copy it while it is shown."
        ),
    ),
)
_URL = "https://api.elevenlabs.io/v1/user/subscription"
_REFUSALS: Table = {
    "missing_permissions": (
        WrongCredential,
        _(
            "{provider}: this key has no permission to read the account; enable “User: "
            "read” for it at {keys}"
        ),
    ),
}
_OVERDUE = ("past_due", "unpaid", "incomplete")
_DISABLED = _("the free plan is disabled for this account, subscribe or ask ElevenLabs")


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the subscription. Raises UsageError."""
    headers = keyed("xi-api-key", credential.secret)
    return parse(document(await client.get(_URL, headers=headers), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no characters."""
    used, limit = count(fields.get("character_count")), count(fields.get("character_limit"))
    resets_at = moment(fields.get("next_character_count_reset_unix"))
    plan = allowance("Plan", "characters", used=used, limit=limit, resets_at=resets_at)
    if plan is None:
        raise UnexpectedResponse
    overdue = _("the payment is overdue") if fields.get("status") in _OVERDUE else None
    quotas = tuple(filter(None, (plan, _beyond(fields, plan))))
    tier = short(fields.get("tier"))
    refuses = fields.get("status") == "free_disabled"
    return Usage(
        quotas,
        plan=tier.replace("_", " ").title() if tier else None,
        notice=overdue,
        blocked=WorkBlocked("suspended", _DISABLED) if refuses else None,
    )


def _beyond(fields: Fields, plan: Quota) -> Quota | None:
    """Make the quota of characters beyond the plan, if they are enabled."""
    newer = fields.get("max_credit_limit_extension")
    endless = newer == "unlimited"
    more = count(fields.get("max_character_limit_extension") if newer is None else newer)
    flag = "allowed_to_extend_character_limit" if newer is None else "can_extend_character_limit"
    if not (more or endless) or fields.get(flag) is not True:
        return None
    used = None
    if plan.used is not None and plan.limit is not None:
        used = max(Decimal(0), plan.used - plan.limit)
    if endless:
        return Quota("Extra usage", "characters", used, None, None, unlimited=True, role="reserve")
    return allowance("Extra usage", "characters", used=used, limit=more, role="reserve")
