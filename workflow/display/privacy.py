"""The names and notices of an account, and what privacy hides of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress

from ..errors import Mistake
from ..i18n.catalog import plain, say
from ..i18n.message import Message, _, enumerated
from ..models import Account, Snapshot, Usage
from ..provider import address, discovery
from ..provider.contract import Provider
from ..provider.notices import BETWEEN
from ..settings import Settings
from . import numbers
from .numbers import HIDDEN
from .times import columns

_ID = re.compile(r".*@.*|(?=.*\d)[\w.~+=-]{12,}|[a-z]{1,5}[-_](?=.*[A-Z\d]).{3,}|.{41,}", re.ASCII)
_STEP = re.compile(r"(?<=/)[^/\s()]+")
CHANGED = _("the provider changed its answer; these numbers may be incomplete")


def name(account: Account, short: str, settings: Settings) -> str:
    """Name an account: "GLM · Work", or just its label if it begins with the provider's name.

    Under privacy the second one of a provider is "GLM · ••• 2".
    """
    if settings.privacy:
        return f"{short} · {mark(account)}"
    label = plain(account.label)
    name = numbers.isolated(label)
    return name if _begins_with(label.casefold(), short.casefold()) else f"{short} · {name}"


def title(account: Account, short: str, settings: Settings) -> str:
    """Name an account where other programs show it: under privacy "GLM", the second one "GLM 2"."""
    return _numbered(short, account) if settings.privacy else name(account, short, settings)


def mark(account: Account) -> str:
    """Return what privacy puts in place of a label, which tells the accounts of a provider apart."""
    return _numbered(HIDDEN, account)


def _numbered(name: str, account: Account) -> str:
    return name if account.number == 1 else f"{name} {account.number}"


def hides_only_name(account: Account, snapshot: Snapshot) -> bool:
    """Tell whether privacy hides nothing in the row of an account but its name: no money, no foreign text."""
    usage = snapshot.usage
    if usage is None or snapshot.failure or usage.blocked or usage.notice:
        return False
    if address.SCOPE in account.scope or "@" in (usage.plan or ""):
        return False
    units = [quota.unit for quota in usage.quotas]
    units += [amount.unit for amount in usage.balances]
    units += [amount.unit for amount in usage.spends]
    return not any(map(numbers.is_currency, units))


def full_name(account: Account, settings: Settings) -> str:
    """Name an account as every face does, even if this Tankful does not know its provider."""
    short = account.provider
    with suppress(Mistake):
        short = discovery.about(account.provider).short
    return name(account, short, settings)


def full_names(several: Iterable[Account], settings: Settings, most: int | None = None) -> Message:
    """Join the names of accounts; "…" stands for those beyond ``most``."""
    names = [full_name(account, settings) for account in several]
    if most is not None and len(names) > most:
        names[most:] = ["…"]
    return enumerated(names)


def host(account: Account, settings: Settings) -> str:
    """Return the host of an account's own address; "" if its label contains it, or if privacy is on.

    Where the user buys access is private.
    """
    own = address.host(account.scope.get(address.SCOPE, ""))
    return "" if settings.privacy or own in account.label else plain(own)


def page(account: Account, provider: Provider, private: bool) -> str:
    """Return the provider's page as it is shown; privacy hides an address of the user's own."""
    return HIDDEN if private and provider.has_address else plain(provider.page_of(account))


def _begins_with(label: str, word: str) -> bool:
    """Tell whether a label begins with this whole word; a Han character is a word by itself."""
    after = label[len(word) : len(word) + 1]
    return label.startswith(word) and not (after.isalnum() and columns(after) == 1)


def discreet(foreign: str, settings: Settings) -> str:
    """Clean a foreign text; privacy also hides e-mail addresses."""
    return numbers.EMAIL.sub(HIDDEN, plain(foreign)) if settings.privacy else plain(foreign)


def path(place: str) -> str:
    """Return a path without the steps that are ids."""
    return _STEP.sub(lambda step: HIDDEN if is_id(step[0]) else step[0], place)


def is_id(step: str) -> bool:
    """Tell whether a step of a path may be an id, an address or a key."""
    return _ID.fullmatch(step) is not None


def notice(usage: Usage, settings: Settings) -> str:
    """Join in one line that the provider has changed its answer, and its own notices."""
    changed = [say(CHANGED)] if usage.is_changed else []
    return say(BETWEEN).join((*changed, *own_notices(usage, settings)))


def own_notices(usage: Usage, settings: Settings) -> list[str]:
    """List the provider's own notices; none under privacy, since they may name a team or an amount."""
    if settings.privacy or usage.notice is None:
        return []
    return list(filter(None, say(usage.notice).split(say(BETWEEN))))
