"""Claude on this Mac: the windows of a plan, as Claude Code passes them to its status line.

Anthropic allows a plan's sign-in token only in Claude Code and claude.ai, so no token is read and nothing is
requested: ``tankful statusline`` stores the limits that Claude Code passes to it (workflow/claude), and this
provider reads them. The numbers are as old as the last use of Claude Code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from decimal import Decimal
from time import time

from .. import paths
from ..claude import status_line
from ..claude.limits import Kept
from ..errors import NoCredential
from ..i18n.message import Message, _
from ..models import Account, Credential, Quota, Usage
from ..provider.contract import Client, Provider
from ..provider.counts import FULL
from ..provider.reading import remainder
from ..provider.windows import HOUR, WEEK, shortest_first, window_label

PROVIDER = Provider(
    id="claude",
    name="Claude Code",
    short="Claude",
    kind="plan",
    needs=_("no key, only Claude Code on this machine, with tankful statusline as its status line"),
    shows=_("5 hours and week of a Pro or Max plan, as last reported to Claude Code"),
    keys={"": "https://code.claude.com/docs/en/statusline"},
    dashboard={"": "https://claude.ai/settings/usage"},
    shapes=(),
    ways=(),
    match="claude anthropic code pro max local 本机 本地",
    letters="KD",
    folders={"CLAUDE_CONFIG_DIR": ".claude"},
    steps=(
        _("Set the status line of Claude Code ({keys}) to `tankful statusline`, see below."),
        _(
            "Use Claude Code until it has answered once: from then on it passes on the "
            "limits of a Pro or Max plan."
        ),
        _("Add it; nothing is pasted and no secret is stored."),
    ),
)
_NOTHING: Message = _(
    "Claude Code has passed on no limits yet; set its status line to tankful "
    "statusline (see tankful guide claude), use it once, and try again"
)
_LENGTHS = {"five_hour": 5 * HOUR, "seven_day": WEEK}


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Read the stored limits, without any request. Raises NoCredential."""
    kept = status_line.kept(paths.cache(os.environ), time())
    if kept is None:
        raise NoCredential(_NOTHING)
    return parse(kept)


def parse(kept: Kept) -> Usage:
    """Make the quotas. Raises NoCredential if there are none."""
    quotas = shortest_first(_quotas(kept))
    if not quotas:
        raise NoCredential(_NOTHING)
    return Usage(quotas, as_of=datetime.fromtimestamp(kept.at, timezone.utc))


def _quotas(kept: Kept) -> Iterator[Quota]:
    for name, (used, reset) in kept.windows.items():
        whole = next((known for known in _LENGTHS if name.startswith(known)), "")
        of = name[len(whole) :].strip("_").replace("_", " ").capitalize()
        seconds = _LENGTHS.get(whole)
        label = window_label(seconds) if seconds else ""
        share = Decimal(str(used))
        yield Quota(
            " · ".join(filter(None, (of, label))),
            "%",
            share,
            FULL,
            remainder(FULL, share),
            seconds,
            datetime.fromtimestamp(reset, timezone.utc),
            role="secondary" if of else "binding",
        )
