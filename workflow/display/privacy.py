"""What may be said of an account and its plan, also under privacy."""

from __future__ import annotations

from ..i18n import catalog as formats
from ..models import Account, Usage
from ..settings import Settings
from . import numbers
from .quotas import HIDDEN
from .times import columns


def name(account: Account, short: str, settings: Settings) -> str:
    """What an account is called: "GLM · Work", or just its label when that says as much."""
    if settings.privacy:
        return f"{short} · {HIDDEN}"
    label = formats.plain(account.label)
    said = numbers.isolated(label)
    return said if _begins_with(label.casefold(), short.casefold()) else f"{short} · {said}"


def _begins_with(label: str, word: str) -> bool:
    """Whether a label begins with this word, and not merely with its letters; 字 are words of their own."""
    after = label[len(word) : len(word) + 1]
    return label.startswith(word) and not (after.isalnum() and columns(after) == 1)


def discreet(told: str, settings: Settings) -> str:
    """A text that is not ours; under privacy without e-mail addresses."""
    return (
        numbers.EMAIL.sub(HIDDEN, formats.plain(told)) if settings.privacy else formats.plain(told)
    )


def notice(usage: Usage, settings: Settings) -> str:
    """What the provider has to say; "" under privacy, since it may name a team or an amount."""
    return "" if settings.privacy else formats.say(usage.notice, settings.language)
