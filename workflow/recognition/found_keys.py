"""Keys that lie on this machine already: environment variables, and what other programs keep.

Offered when the user asks for it, never taken by itself. Codex's sign-in and the settings of Claude
Code are only read: renewing a sign-in is Codex's own business. Claude Code names the service it works
with by ``ANTHROPIC_BASE_URL`` and that service's key by ``ANTHROPIC_AUTH_TOKEN``; newer versions of
Codex keep the sign-in in the keychain (``cli_auth_credentials_store`` in config.toml), which is theirs.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import Dict, Iterator, List, Mapping, Optional, Tuple, Union

from ..errors import Mistake, UsageError
from ..i18n.message import Message, _
from ..provider.reading import mapping
from ..storage import json_codec
from . import other_services, owners, recognise
from .finding import Finding

CODEX = "~/.codex/auth.json"
CLAUDE = "~/.claude/settings.json"
BESIDE_AN_ADDRESS = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")  # whose key is told by _ADDRESS
_ADDRESS = "ANTHROPIC_BASE_URL"
_ADDRESSES = ("_BASE_URL", "_API_BASE", "_API_HOST", "_ENDPOINT")
_STORE = re.compile(r"^\s*cli_auth_credentials_store\s*=\s*[\"'](\w{1,20})[\"']", re.MULTILINE)


@dataclass(frozen=True)
class Candidate:
    """A credential that could be added, and where it lies."""

    source: str  # name of the variable, or CODEX
    finding: Finding


@dataclass(frozen=True)
class Inventory:
    """What could be added, and what is good to know of what cannot."""

    candidates: Tuple[Candidate, ...] = ()
    remarks: Tuple[Message, ...] = ()


def look(environ: Mapping[str, str]) -> Inventory:
    """What lies on this machine: variables, Codex's sign-in, Claude Code's settings."""
    auth = _text(codex_path(environ))
    settings = mapping(_document(_text(claude_path(environ))))
    found = _distinct(
        [
            *_from_variables(environ),
            *_from_variables(_variables_of(settings), f"{CLAUDE} ({{}})"),
            *_from_codex(auth),
        ]
    )
    remarks = [one for one in found if not isinstance(one, Candidate)]
    remarks += _kept_by_codex(environ)
    candidates = (one for one in found if isinstance(one, Candidate))
    return Inventory(tuple(candidates), tuple(dict.fromkeys(remarks)))


def environment(
    environ: Mapping[str, str], codex_auth: Optional[str] = None
) -> Tuple[Candidate, ...]:
    """What could be added from these variables and this auth.json of Codex, each credential once."""
    found = _distinct([*_from_variables(environ), *_from_codex(codex_auth)])
    return tuple(one for one in found if isinstance(one, Candidate))


def _distinct(found: List[Union[Candidate, Message]]) -> List[Union[Candidate, Message]]:
    kept: Dict[object, Union[Candidate, Message]] = {}
    for one in found:
        if isinstance(one, Candidate):
            kept.setdefault((one.finding.provider, one.finding.credential.secret), one)
        else:
            kept.setdefault(one, one)
    return list(kept.values())


def variables() -> Tuple[str, ...]:
    """The names of the variables that are looked at."""
    return tuple(owners.variables())


def codex_path(environ: Mapping[str, str]) -> str:
    """Where Codex keeps its sign-in."""
    return os.path.join(_home(environ, "CODEX_HOME", ".codex"), "auth.json")


def claude_path(environ: Mapping[str, str]) -> str:
    """Where Claude Code keeps its settings."""
    return os.path.join(_home(environ, "CLAUDE_CONFIG_DIR", ".claude"), "settings.json")


def _home(environ: Mapping[str, str], name: str, usual: str) -> str:
    """The folder of another program; no shell has read the variable where a launcher runs us."""
    told, home = environ.get(name, ""), environ.get("HOME", "")
    if told == "~" or told.startswith("~/"):
        return home + told[1:]
    return told or os.path.join(home, usual)


def path_of(source: str, environ: Mapping[str, str]) -> str:
    """Where a candidate lies, with the real path of a file."""
    if source.startswith(CLAUDE):
        return claude_path(environ) + source[len(CLAUDE) :]
    return codex_path(environ) if source == CODEX else source


def _text(path: str) -> str:
    """A file of another program, "" when there is none that can be read."""
    try:
        if os.path.isfile(path):
            with open(path, encoding="utf-8-sig", errors="replace") as file:
                return file.read(recognise.LONGEST)
    except OSError:
        pass
    return ""


def _document(text: str) -> object:
    try:
        return json_codec.loads(text.encode())
    except ValueError:
        return None


def _variables_of(settings: Mapping[str, object]) -> Dict[str, str]:
    """The variables that Claude Code sets for itself."""
    told = mapping(settings.get("env"))
    return {name: value for name, value in told.items() if isinstance(value, str)}


def _kept_by_codex(environ: Mapping[str, str]) -> List[Message]:
    """What to say when Codex is here and its sign-in lies in no file: newer versions choose so."""
    folder = os.path.dirname(codex_path(environ))
    config = os.path.join(folder, "config.toml")
    store = _STORE.search(_text(config))
    if os.path.lexists(codex_path(environ)) or not os.path.isdir(folder):
        return []
    if store is not None and store[1] not in ("keyring", "auto"):
        return []
    is_told = store is not None and store[1] == "keyring"
    keeps = _("keeps") if is_told else _("seems to keep")
    return [
        _(
            'Codex {keeps} its sign-in in the keychain, which Tankful does not read: add ChatGPT by the console command (tankful guide chatgpt, method A), or set cli_auth_credentials_store = "file" in {config} and run codex login',
            keeps=keeps,
            config=config,
        )
    ]


def _from_variables(
    environ: Mapping[str, str], place: str = "{}"
) -> Iterator[Union[Candidate, Message]]:
    for name in (*variables(), *BESIDE_AN_ADDRESS):
        if not environ.get(name):
            continue
        found = _beside(name, environ) if name in BESIDE_AN_ADDRESS else _named(name, environ)
        if isinstance(found, Finding):
            yield Candidate(place.format(name), found)
        elif found:
            yield _used_with(place.format(name), found)


def _named(name: str, environ: Mapping[str, str]) -> Union[Finding, str, None]:
    """The key in a variable, the host it is used with when that is not ours, or None."""
    meant = owners.variable(name)
    if meant is None:
        return None
    provider_id, region = meant
    finding = _read(environ[name], provider_id)
    if finding is None:
        return None
    host = _address(name, environ)
    told = owners.whose(host) if host else None
    if told is not None and told[0] != provider_id and not finding.sure:
        return host
    if told is not None and told[0] == provider_id:
        region = told[1] or region
    return replace(finding, region=finding.region or region, sure=True)


def _beside(name: str, environ: Mapping[str, str]) -> Union[Finding, str, None]:
    """The key of the service whose address stands beside it; without one it is Anthropic's."""
    hosts = owners.hosts(environ.get(_ADDRESS, "")[:1000])
    if not hosts:
        return None
    provider_id, region = owners.whose(hosts[0])
    if not provider_id:
        return "" if hosts[0].endswith("anthropic.com") else hosts[0]
    finding = _read(environ[name], provider_id)
    return finding and replace(finding, region=finding.region or region, sure=True)


def _read(value: str, provider_id: str) -> Optional[Finding]:
    try:
        return recognise.read(value, provider_id)
    except (Mistake, UsageError):
        return None


def _used_with(place: str, host: str) -> Message:
    return _(
        "{place}: a key used with {host}, which Tankful does not cover",
        place=place,
        host=other_services.shown(host),
    )


def _address(name: str, environ: Mapping[str, str]) -> str:
    """The host of the address that stands beside a key, "" without one."""
    stem = name.rsplit("_API_KEY", 1)[0].rsplit("_ADMIN_KEY", 1)[0]
    for ending in _ADDRESSES:
        told = owners.hosts(environ.get(stem + ending, "")[:1000])
        if told:
            return told[0]
    return ""


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
