"""Finds keys that are already on this machine: in environment variables and in other programs' files.

They are offered if the user asks for it, never added automatically. Codex's sign-in and Claude Code's settings are
only read; renewing the sign-in is left to Codex. Claude Code has the address of its service in
``ANTHROPIC_BASE_URL`` and that service's key in ``ANTHROPIC_AUTH_TOKEN``. Newer versions of Codex keep the sign-in in
the keychain (``cli_auth_credentials_store`` in config.toml), where it is not read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Union

from ..errors import Mistake, UsageError
from ..i18n.message import Message, _
from ..provider import discovery, no_usage
from ..provider.reading import mapping
from ..records import dataclass, replace
from ..storage import json_codec
from . import cc_switch, other_services, owners, ownership, places, recognise
from .finding import Finding

CODEX = "~/.codex/auth.json"
CLAUDE = "~/.claude/settings.json"
CC_SWITCH = "~/.cc-switch/{} ({})"  # the file, and the name of the service in it
BESIDE_AN_ADDRESS = ("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY")  # _ADDRESS shows whose key it is
_ADDRESS = "ANTHROPIC_BASE_URL"
_MAX_URL = 1000  # characters of an address
_ADDRESSES = ("_BASE_URL", "_API_BASE", "_API_HOST", "_ENDPOINT")
_NO_JSON = _("{file} cannot be read: it is not valid JSON")
_TOO_LARGE = _("{file} cannot be read: it is larger than 1 MB")
_STORE = re.compile(r"^\s*cli_auth_credentials_store\s*=\s*[\"'](\w{1,20})[\"']", re.MULTILINE)


@dataclass(frozen=True)
class Candidate:
    """A credential that could be added, and its source."""

    source: str  # the name of a variable, or of a file, such as CODEX
    finding: Finding


@dataclass(frozen=True)
class Inventory:
    """The keys that could be added, and remarks about those that cannot."""

    candidates: tuple[Candidate, ...] = ()
    remarks: tuple[Message, ...] = ()


def look(environ: Mapping[str, str], region: str | None = None) -> Inventory:
    """Search this machine: variables, Codex's sign-in, the settings of Claude Code and cc-switch.

    Args:
        environ: the variables.
        region: where the keys in variables belong, whatever the variables are called; "" to find out,
            None for what their names say. An address beside a key is believed in any case.
    """
    switch = os.path.join(places.cc_switch_folder(environ), cc_switch.FILE)
    paths = (places.codex_path(environ), places.claude_path(environ), switch)
    texts = tuple(map(_text, paths))
    auth, claude, config = (text if len(text) <= recognise.LONGEST else "" for text in texts)
    settings, folder = mapping(json_codec.parsed(claude)), os.path.dirname(switch)
    entries = _distinct(
        [
            *_from_variables(environ, region=region),
            *_from_variables(_variables_of(settings), f"{CLAUDE} ({{}})", region),
            *_in_text(CODEX, auth),
            *(
                one
                for each in cc_switch.services(folder, config)
                for one in _in_text(CC_SWITCH.format(each.file, each.name), each.settings)
            ),
        ]
    )
    remarks = [one for one in entries if not isinstance(one, Candidate)]
    remarks += _kept_by_codex(environ)
    troubles = zip(paths, map(_trouble, texts))
    remarks += [why.filled(file=places.shown(path, environ)) for path, why in troubles if why]
    candidates = (one for one in entries if isinstance(one, Candidate))
    return Inventory(tuple(candidates), tuple(dict.fromkeys(remarks)))


def _distinct(entries: list[Union[Candidate, Message]]) -> list[Union[Candidate, Message]]:
    kept: dict[object, Union[Candidate, Message]] = {}
    for one in entries:
        if isinstance(one, Candidate):
            kept.setdefault((one.finding.provider, one.finding.credential.secret), one)
        else:
            kept.setdefault(one, one)
    return list(kept.values())


def variables() -> tuple[str, ...]:
    """List the names of the variables that may contain a key."""
    return tuple(owners.variables())


def path_of(source: str, environ: Mapping[str, str]) -> str:
    """Return the source of a candidate, with the real path of a file."""
    if source.startswith(CLAUDE):
        return places.claude_path(environ) + source[len(CLAUDE) :]
    return places.codex_path(environ) if source == CODEX else source


def _text(path: str) -> str:
    """Read a file of another program, to one character above LONGEST; "" if it cannot be read."""
    with suppress(OSError):
        if os.path.isfile(path):
            with open(path, encoding="utf-8-sig", errors="replace") as file:
                return file.read(recognise.LONGEST + 1)
    return ""


def _trouble(text: str) -> Message | None:
    """Say why a file with this text cannot be used; ``{file}`` is still to be filled in."""
    if len(text) > recognise.LONGEST:
        return _TOO_LARGE
    return _NO_JSON if text.strip() and json_codec.parsed(text) is None else None


def _variables_of(settings: Mapping[str, object]) -> dict[str, str]:
    """Return the variables that Claude Code's settings define."""
    names = mapping(settings.get("env"))
    return {name: value for name, value in names.items() if isinstance(value, str)}


def _kept_by_codex(environ: Mapping[str, str]) -> list[Message]:
    """Return a remark if Codex is here but its sign-in is not in a file, as in newer versions."""
    folder = os.path.dirname(places.codex_path(environ))
    config = os.path.join(folder, "config.toml")
    store = _STORE.search(_text(config))
    if os.path.lexists(places.codex_path(environ)) or not os.path.isdir(folder):
        return []
    if store is not None and store[1] not in ("keyring", "auto"):
        return []
    return [
        _("Codex's login is not in a file, so it cannot be imported; tankful add codex needs none")
    ]


_UNKNOWN = _("holds no key that Tankful recognises; copy the key again, whole")


def _from_variables(
    environ: Mapping[str, str], place: str = "{}", region: str | None = None
) -> Iterator[Union[Candidate, Message]]:
    for name in (*variables(), *BESIDE_AN_ADDRESS):
        if not environ.get(name):
            continue
        key = (
            _key_beside_address(name, environ)
            if name in BESIDE_AN_ADDRESS
            else _key_in_variable(name, environ, region)
        )
        if isinstance(key, Finding):
            yield Candidate(place.format(name), key)
        elif key:
            yield _(
                "{place}: a key used with {host}, which Tankful does not support",
                place=place.format(name),
                host=other_services.shown(key),
            )
        elif name not in BESIDE_AN_ADDRESS:
            other = _of_another(name, environ)
            yield Candidate(place.format(name), other) if other else _useless(name, environ, place)


def _of_another(name: str, environ: Mapping[str, str]) -> Finding | None:
    """Return the credential of another provider than the variable's name says, if its form is certain.

    An address beside it must be that provider's.
    """
    try:
        findings = recognise.recognise(environ[name])
    except (Mistake, UsageError):
        return None
    if len(findings) != 1 or not findings[0].sure:
        return None
    host = _host_beside(name, environ)
    is_used_there = not host or owners.whose(host)[0] == findings[0].provider
    return findings[0] if is_used_there else None


def _useless(name: str, environ: Mapping[str, str], place: str) -> Message:
    """Make the message about a variable whose value cannot be added."""
    service = no_usage.of_key(environ[name].strip(" \"'"))
    reason = _UNKNOWN if service is None else service.message_of_key()
    return _("{place}: {reason}", place=place.format(name), reason=reason)


def _key_in_variable(
    name: str, environ: Mapping[str, str], wanted: str | None
) -> Union[Finding, str, None]:
    """Return the key in a variable, or the host that it is used with if that is unknown, or None.

    The address beside a variable counts more than its name: OPENAI_API_KEY often has a key of another vendor.
    A region that is wanted replaces the one in the variable's name, but not that of an address.
    """
    meant = owners.variable(name)
    if meant is None:
        return None
    provider_id, region = meant
    host = _host_beside(name, environ)
    owner, site = owners.whose(host)
    finding = _read_at(environ[name], owner, site) if owner not in ("", provider_id) else None
    if finding is not None:
        return finding
    finding = _read(environ[name], provider_id)
    if finding is None or (owner not in ("", provider_id) and not finding.sure):
        return None
    if host and not owner and not finding.sure:
        return ownership.at_its_address(environ[name], name, next(_urls(name, environ), "")) or host
    if owner == provider_id:
        region = site or region
    elif wanted is not None:
        region = wanted if wanted in discovery.about(provider_id).regions else ""
    return replace(finding, region=finding.region or region, sure=True)


def _key_beside_address(name: str, environ: Mapping[str, str]) -> Union[Finding, str, None]:
    """Return the key of the service whose address is in _ADDRESS, or its host if that is unknown.

    Without an address the key is Anthropic's, and None is returned.
    """
    hosts = owners.hosts(environ.get(_ADDRESS, "")[:_MAX_URL])
    if not hosts:
        return None
    provider_id, region = owners.whose(hosts[0])
    if not provider_id:
        gateway = ownership.at_its_address(environ[name], name, environ[_ADDRESS])
        return gateway or ("" if hosts[0].endswith("anthropic.com") else hosts[0])
    return _read_at(environ[name], provider_id, region)


def _read_at(value: str, provider_id: str, region: str) -> Finding | None:
    """Return the key in a value that is used at a provider's address; None if it is none of its keys."""
    finding = _read(value, provider_id)
    return finding and replace(finding, region=finding.region or region, sure=True)


def _read(value: str, provider_id: str) -> Finding | None:
    try:
        return recognise.read(value, provider_id)
    except (Mistake, UsageError):
        return None


def _host_beside(name: str, environ: Mapping[str, str]) -> str:
    """Return the host of the address beside a key; "" if there is none."""
    named = (owners.hosts(url) for url in _urls(name, environ))
    return next((hosts[0] for hosts in named if hosts), "")


def _urls(name: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses in the variables beside a key's."""
    stem = name.rsplit("_API_KEY", 1)[0].rsplit("_ADMIN_KEY", 1)[0]
    urls = (environ.get(stem + ending, "") for ending in _ADDRESSES)
    return (url[:_MAX_URL] for url in urls if url)


def _in_text(source: str, text: str) -> Iterator[Union[Candidate, Message]]:
    """Yield the keys in Codex's sign-in, or in cc-switch's settings, which have each key's address beside it."""
    try:
        findings = recognise.recognise(text) if text else ()
    except Mistake as error:
        if no_usage.page_in(error.message):
            yield _("{place}: {reason}", place=source, reason=error.message)
        return
    for finding in findings:
        if finding.sure:
            yield Candidate(source, finding)
