"""OpenCode Go: the three windows of the plan.

``/zen/go/v1/usage``, which is undocumented, answers ``{"plan": "go", "usage": {"rolling": {"status": "ok",
"percent": 12, "resetsAt": …}, "weekly": {…}, "monthly": {…}}}``. ``percent`` is what is *used*, and counts
more than the status; ``rolling`` is 5 hours. Older answers have ``rollingUsage`` and so on. A 403 with
``EntitlementError`` means a valid key without the plan. No key can read the prepaid money of Zen.
"""

from __future__ import annotations

from ..errors import NotAvailable
from ..i18n.message import _
from ..models import Account, Credential, Usage
from ..provider.calls import bearer
from ..provider.contract import LOG_IN, Client, Provider, shape, vague
from ..provider.counts import allowance
from ..provider.days import month_until
from ..provider.reading import Fields, first, mapping, moment, share, short
from ..provider.refusals import Table, document
from ..provider.usages import usage_of
from ..provider.windows import HOUR, WEEK

PROVIDER = Provider(
    id="opencode",
    name="OpenCode Go",
    short="OpenCode",
    kind="plan",
    needs=_("an API key of opencode.ai (sk-…)"),
    shows=_("5 hours, week and month"),
    keys={"": "https://opencode.ai/auth"},
    dashboard={"": "https://opencode.ai/auth"},
    shapes=(
        shape(r"sk-[A-Za-z0-9]{64}", _("an OpenCode API key"), sure=False),
        vague(r"sk-[\w-]{20,}", _("possibly an OpenCode API key")),
    ),
    match="opencode go zen 套餐",
    variables={"OPENCODE_API_KEY": "", "OPENCODE_GO_API_KEY": ""},
    letters="GO",
    steps=(LOG_IN, _("Create an API key, `sk-…`, and copy it while it is shown.")),
)
_URL = "https://opencode.ai/zen/go/v1/usage"
_REFUSALS: Table = {
    "entitlementerror": (
        NotAvailable,
        _(
            "{provider}: the key is valid but has no Go plan; subscribe at {keys}, or use another key"
        ),
    ),
}
_WINDOWS = (  # name, label, seconds
    ("rolling", "5 hours", 5 * HOUR),
    ("weekly", "Weekly", WEEK),
    ("monthly", "Monthly", None),
)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch the windows. Raises UsageError."""
    return parse(document(await client.get(_URL, headers=bearer(credential.secret)), _REFUSALS))


def parse(fields: Fields) -> Usage:
    """Read the answer. Raises UnexpectedResponse if it has no window."""
    usage, windows = mapping(fields.get("usage")), []
    for name, label, seconds in _WINDOWS:
        window = mapping(first(usage, name, f"{name}Usage"))
        used, resets_at = share(window.get("percent")), moment(window.get("resetsAt"))
        if used is not None:
            windows.append(
                allowance(
                    label,
                    "%",
                    used_percent=used,
                    window=seconds or month_until(resets_at),
                    resets_at=resets_at,
                )
            )
    plan = short(fields.get("plan"))
    return usage_of(windows, plan=plan.title() if plan else None)
