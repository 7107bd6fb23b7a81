"""One reading of what was pasted, and what is chosen among several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from ..i18n.message import Message
from ..models import Credential


@dataclass(frozen=True)
class Finding:
    """One reading of what was pasted. Its repr never shows the secret."""

    provider: str
    credential: Credential
    what: Message
    region: str = ""  # where the form, or what stands around it, tells it
    scope: Mapping[str, str] = field(default_factory=dict, repr=False)
    sure: bool = True  # False: the form is shared with others, so the user is asked
    note: Optional[Message] = None  # what the user should know about it
    lacks: Optional[Message] = None  # what a credential of this form cannot do


def choices(findings: Iterable[Finding]) -> List[Finding]:
    """What a user chooses among: a credential that is sure once, another by each that it may be."""
    found: Dict[Tuple[str, str], List[Finding]] = {}
    for one in findings:
        found.setdefault((one.credential.secret, one.credential.cookie), []).append(one)
    return [
        one for readings in found.values() for one in readings[: 1 if readings[0].sure else None]
    ]


def is_one(findings: Sequence[Finding]) -> bool:
    """Whether these are readings of a single credential."""
    return len({(one.credential.secret, one.credential.cookie) for one in findings}) == 1


def distinct(found: Sequence[Finding]) -> Tuple[Finding, ...]:
    """Of findings of the same credential the first."""
    kept: Dict[Tuple[str, str, str], Finding] = {}
    for one in found:
        kept.setdefault((one.provider, one.credential.secret, one.credential.cookie), one)
    return tuple(kept.values())
