"""A finding, which is one reading of a credential, and the choice among several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..i18n.message import Message
from ..models import Credential
from ..provider.contract import Provider
from ..records import dataclass, field


@dataclass(frozen=True)
class Finding:
    """One reading of a pasted credential. Its repr never shows the secret."""

    provider: str
    credential: Credential
    what: Message
    region: str = ""  # if the form or the text around it shows the region
    scope: Mapping[str, str] = field(default_factory=dict, repr=False)
    sure: bool = True  # False: other providers have the same form, so the user is asked
    note: Message | None = None  # additional information for the user
    lacks: Message | None = None  # what a credential of this form cannot do


def local(about: Provider) -> Finding:
    """Make the finding of a provider whose numbers are on this machine; it has no secret."""
    return Finding(about.id, Credential("none", ""), about.needs)


def choices(findings: Iterable[Finding]) -> list[Finding]:
    """List the findings that a user chooses among: a sure credential once, another one with all its readings."""
    readings: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        readings.setdefault(one.credential.identity, []).append(one)
    return [
        one for readings in readings.values() for one in readings[: 1 if readings[0].sure else None]
    ]


def is_one(findings: Sequence[Finding]) -> bool:
    """Tell whether all findings are readings of a single credential."""
    return len({one.credential.identity for one in findings}) == 1


def distinct(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Drop all but the first finding of each provider and credential."""
    kept: dict[tuple[str, tuple[str, str]], Finding] = {}
    for one in findings:
        kept.setdefault((one.provider, one.credential.identity), one)
    return tuple(kept.values())
