"""Keys that lie on this machine already: environment variables, and the sign-in of Codex.

Offered when the user asks for it, never taken by itself. Codex's sign-in is only read: renewing it
is Codex's own business.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Dict, Iterator, Mapping, Optional, Tuple

from . import recognise
from .errors import Mistake, UsageError
from .recognise import Finding

CODEX = "~/.codex/auth.json"
_ADDRESSES = ("_BASE_URL", "_API_BASE", "_API_HOST", "_ENDPOINT")


@dataclass(frozen=True)
class Candidate:
    """A credential that could be added, and where it lies."""

    source: str  # name of the variable, or CODEX
    finding: Finding


def environment(
    environ: Mapping[str, str], codex_auth: Optional[str] = None
) -> Tuple[Candidate, ...]:
    """What could be added from these variables and this auth.json of Codex, each credential once."""
    found: Dict[Tuple[str, str], Candidate] = {}
    for candidate in (*_from_variables(environ), *_from_codex(codex_auth)):
        finding = candidate.finding
        found.setdefault((finding.provider, finding.credential.secret), candidate)
    return tuple(found.values())


def variables() -> Tuple[str, ...]:
    """The names of the variables that are looked at."""
    return tuple(recognise.variables())


def codex_path(environ: Mapping[str, str]) -> str:
    """Where Codex keeps its sign-in."""
    home = environ.get("CODEX_HOME") or os.path.join(environ.get("HOME", ""), ".codex")
    return os.path.join(home, "auth.json")


def codex_auth(environ: Mapping[str, str]) -> Optional[str]:
    """Codex's sign-in, if there is one that can be read."""
    path = codex_path(environ)
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(recognise.LONGEST) if os.path.isfile(path) else None
    except OSError:
        return None


def _from_variables(environ: Mapping[str, str]) -> Iterator[Candidate]:
    for name in variables():
        finding = _named(name, environ)
        if finding is not None:
            yield Candidate(name, finding)


def _named(name: str, environ: Mapping[str, str]) -> Optional[Finding]:
    """The key in a variable; None when it is empty, or is used with somebody else's service."""
    meant = recognise.variable(name)
    if meant is None or not environ.get(name):
        return None
    provider_id, region = meant
    try:
        finding = recognise.read(environ[name], provider_id)
    except (Mistake, UsageError):
        return None
    told = _address(name, environ)
    if told is not None and told[0] != provider_id and not finding.sure:
        return None
    if told is not None and told[0] == provider_id:
        region = told[1] or region
    return replace(finding, region=finding.region or region, sure=True)


def _address(name: str, environ: Mapping[str, str]) -> Optional[Tuple[str, str]]:
    """Provider and region of the address that stands beside the key."""
    stem = name.rsplit("_API_KEY", 1)[0].rsplit("_ADMIN_KEY", 1)[0]
    for ending in _ADDRESSES:
        told = recognise.hosts(environ.get(stem + ending, "")[:1000])
        if told:
            return told[0]
    return None


def _from_codex(codex_auth: Optional[str]) -> Iterator[Candidate]:
    if not codex_auth:
        return
    try:
        findings = recognise.recognise(codex_auth)
    except Mistake:
        return
    for finding in findings:
        if finding.sure:
            yield Candidate(CODEX, finding)
