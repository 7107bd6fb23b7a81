"""Offer the keys that lie on this machine already; none is taken unless the user says so."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.actions import add as adding
from workflow.chatgpt import token as tokens
from workflow.credentials import store
from workflow.errors import Mistake, NoCredential
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.models import Account, Credential, utc_now
from workflow.provider import discovery as providers
from workflow.recognition import found_keys, owners
from workflow.recognition.finding import Finding
from workflow.recognition.found_keys import Candidate
from workflow.storage import accounts, json_codec

SCHEMA = "tankful.import.v1"


@click.command(cls=output.Asking, name="import")
@click.option("--list", "only_list", is_flag=True, help="Only say what there is.")
@click.option("--json", "as_json", is_flag=True, help="Only say what there is, for a program.")
@click.option("--yes", is_flag=True, help="Take all of them without asking.")
def command(only_list: bool, as_json: bool, yes: bool) -> None:
    """Add keys that lie in environment variables, Codex's sign-in or Claude Code's settings.

    Each is shown by where it lies and what it is, never itself, and asked for. The files of other
    programs are only read.
    """
    looked = found_keys.look(os.environ)
    found = sorted(looked.candidates, key=lambda candidate: candidate.finding.provider)
    store = _Store()
    if as_json:
        sys.stdout.buffer.write(json_codec.pretty(_report(found, looked.remarks, store)) + b"\n")
        return
    for remark in looked.remarks:
        output.complain(remark)
    if not found:
        click.echo(output.told(_nothing()))
        return
    new = [candidate for candidate in found if not _is_stored(candidate, store)]
    if only_list:
        for candidate in new:
            click.echo(_said(candidate))
        if new:
            output.complain(_offer(len(new), listed=True))
        return
    if new and not (yes or sys.stdin.isatty()):
        raise Mistake(_offer(len(new)))
    taken = [_is_taken(candidate, store) for candidate in new if yes or _is_wanted(candidate)]
    if not all(taken):
        raise SystemExit(1)


def _variables() -> List[str]:
    """The names of the variables that are looked at, by provider."""

    def place(name: str) -> Tuple[str, str]:
        provider, _ = owners.variable(name) or ("", "")
        return provider, name

    return [*sorted(found_keys.variables(), key=place), found_keys.BESIDE_AN_ADDRESS[0]]


def _offer(count: int, listed: bool = False) -> Message:
    """How to take what was found; how to see it only where it has not been shown."""
    if listed:
        return _(
            "{count} found, none taken; --yes takes all, a terminal asks for each", count=count
        )
    return _(
        "{count} found, none taken; --yes takes all, --list shows them, a terminal asks for each",
        count=count,
    )


class _Store:
    """The secret store, of which each secret is read once in a run: each may be a dialog."""

    def __init__(self) -> None:
        self._held: Dict[Tuple[str, int], Optional[Credential]] = {}

    def read(self, account: Account) -> Credential:
        """The credential of an account. Raises NoCredential or StoreLocked."""
        key = (account.id, account.generation)
        if key not in self._held:
            try:
                self._held[key] = store.read(account)
            except NoCredential:
                self._held[key] = None
        held = self._held[key]
        if held is None:
            raise NoCredential
        return held

    def held(self, provider: str) -> Iterator[Tuple[Account, Credential]]:
        """The accounts of a provider that have a credential. Raises StoreLocked."""
        for account in accounts.load().accounts:
            if account.provider == provider:
                with suppress(NoCredential):
                    yield account, self.read(account)


def _is_stored(candidate: Candidate, store: _Store) -> bool:
    """Whether an account has this credential already, which is then said."""
    twin = _twin(candidate.finding, store)
    if twin is None:
        return False
    name = output.name(twin, preferences.load())
    stored = output.told(_("already stored as {name}", name=name))
    click.echo(f"{_said(candidate)} · {stored}")
    return True


def _twin(finding: Finding, store: _Store) -> Optional[Account]:
    wanted = (finding.credential.secret, finding.credential.cookie)
    for account, held in store.held(finding.provider):
        if (held.secret, held.cookie) == wanted:
            return account
    return None


def _elder(finding: Finding, store: _Store) -> Optional[Account]:
    """The account that has an earlier token of the same person and workspace."""
    token = finding.credential.secret
    whose = (tokens.email(token), tokens.account_id(token))
    if finding.credential.kind != "access_token" or None in whose:
        return None
    for account, held in store.held(finding.provider):
        of = (tokens.email(held.secret), tokens.account_id(held.secret))
        if account.kind == "access_token" and of == whose:
            return account
    return None


def _is_wanted(candidate: Candidate) -> bool:
    question = output.told(_("Add it?"))
    return click.confirm(f"{_said(candidate)} · {question}", err=True)


def _is_taken(candidate: Candidate, store: _Store) -> bool:
    elder = _elder(candidate.finding, store)
    wish = adding.Wish(candidate.finding, replaces=elder, read=store.read)
    try:
        done = adding.enrol(wish)
    except adding.CheckFailed as failed:
        output.complain_of(failed.error, failed.account, failed.remark)
        return False
    for remark in done.remarks:
        output.complain(remark)
    output.after_change()
    click.echo(output.line(done.account, done.snapshot, preferences.load(), utc_now()))
    return True


def _said(candidate: Candidate) -> str:
    """Where a key lies and what it is."""
    finding, language = candidate.finding, output.language()
    region = {"intl": _("international"), "cn": _("China")}.get(finding.region)
    about = providers.about(finding.provider)
    parts = [about.name, say(finding.what, language), output.told(region) if region else ""]
    return f"{_place(candidate)}: {' · '.join(part for part in parts if part)}"


def _place(candidate: Candidate) -> str:
    return found_keys.path_of(candidate.source, os.environ)


def _nothing() -> Message:
    looked = ", ".join(_variables())
    claude, codex = found_keys.claude_path(os.environ), found_keys.codex_path(os.environ)
    return _(
        "No key found. Looked at the variables {looked}, and at {claude} and {codex}. Add one by hand: tankful add",
        looked=looked,
        claude=claude,
        codex=codex,
    )


def _report(
    found: Sequence[Candidate], remarks: Sequence[Message], store: _Store
) -> Dict[str, Any]:
    files = (found_keys.claude_path(os.environ), found_keys.codex_path(os.environ))
    return {
        "schema": SCHEMA,
        "keys": [_entry(candidate, store) for candidate in found],
        "remarks": [output.told(remark) for remark in remarks],
        "looked_at": [*_variables(), *files],
    }


def _entry(candidate: Candidate, store: _Store) -> Dict[str, Any]:
    finding, language = candidate.finding, output.language()
    twin, ends = _twin(finding, store), finding.credential.expires_at
    return {
        "source": _place(candidate),
        "provider": finding.provider,
        "what": say(finding.what, language),
        "kind": finding.credential.kind,
        "region": finding.region or None,
        "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}" if ends else None,
        "stored_as": twin.id if twin else None,
        "note": say(finding.note, language) if finding.note else None,
    }
