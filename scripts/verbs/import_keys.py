"""Offer the keys that are on this machine already; none is added unless the user agrees."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from scripts.terminal import cells, entry, output
from scripts.verbs import add
from workflow import settings as preferences
from workflow.actions import add as adding
from workflow.actions.check import CheckFailed
from workflow.chatgpt import token as tokens
from workflow.credentials import store
from workflow.display import privacy
from workflow.display.names import SITES, headed
from workflow.errors import Mistake, NoCredential
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, enumerated
from workflow.provider import discovery as providers
from workflow.provider.address import SCOPE
from workflow.recognition import found_keys, owners, places, seen
from workflow.records import replace
from workflow.storage import accounts

if TYPE_CHECKING:
    from workflow.models import Account, Credential
    from workflow.recognition.finding import Finding
    from workflow.recognition.found_keys import Candidate

SCHEMA = "tankful.import.v1"
_STORED = _("already stored as {name}")
_LISTED = _("{count} found, none added; --yes adds all, a terminal asks about each")
_UNLISTED = _(
    "{count} found, none added; --yes adds all, --list lists them, a terminal asks about each"
)
MIN_ROOM = 40  # columns for the variables of a provider, even on a narrower terminal


@click.command(cls=output.Asking, name="import")
@click.option("--list", "only_list", is_flag=True, help="List what was found, without adding.")
@click.option("--json", "as_json", is_flag=True, help="List what was found as JSON.")
@click.option("--yes", is_flag=True, help="Add all of them without asking.")
@click.option("--region", type=add.REGION, help="Where keys in variables belong; auto tries all.")
def command(only_list: bool, as_json: bool, yes: bool, region: str | None) -> None:
    """Add keys found in environment variables and in files of Codex, Claude Code and cc-switch.

    Shows where each key was found and what it is, never the key itself, and asks before adding
    it. Files of other programs are only read. The name of a variable says the site of its key,
    ZAI_API_KEY for instance the international one; --region names another.
    """
    if yes and (only_list or as_json):
        raise click.UsageError(say(_("--yes does not go together with --list or --json")))
    search = found_keys.look(os.environ, "" if region == adding.AUTO else region)
    seen.keep(candidate.finding.provider for candidate in search.candidates)
    candidates = sorted(search.candidates, key=lambda candidate: candidate.finding.provider)
    store = _Store()
    if as_json:
        output.print_json(_report(candidates, search.remarks, store))
        return
    for remark in search.remarks:
        output.complain(remark)
    if not candidates:
        click.echo(say(_nothing(only_list)))
        if only_list:
            _list_places()
        return
    new = [candidate for candidate in candidates if not _is_stored(candidate, store)]
    if only_list:
        for candidate in new:
            click.echo(_description(candidate))
        if new:
            output.complain(_LISTED.filled(count=len(new)))
        return
    if new and not (yes or sys.stdin.isatty()):
        raise Mistake(_UNLISTED.filled(count=len(new)))
    added = [_add(candidate, store) for candidate in new if yes or _is_wanted(candidate)]
    if not all(added):
        raise SystemExit(1)


def _list_places() -> None:
    """Print where keys are searched: the files, and the variables by provider."""
    by_provider: dict[str, list[str]] = {}
    for variable in _variables():
        provider = _provider_of(variable)
        name = providers.about(provider).short if provider else say(_("Other"))
        by_provider.setdefault(name, []).append(variable)
    indent = max(map(cells.width, by_provider)) + 2
    room = max(MIN_ROOM, min(shutil.get_terminal_size().columns, 100) - indent)
    click.echo()
    for name, variables in by_provider.items():
        first, *more = textwrap.wrap(" ".join(variables), room)
        click.echo(f"{name}{' ' * (indent - cells.width(name))}{first}")
        for line in more:
            click.echo(f"{' ' * indent}{line}")
    for path in _files():
        click.echo(places.shown(path, os.environ))


def _files() -> list[str]:
    """List the files of other programs that are read, and the folder of cc-switch."""
    return [
        places.claude_path(os.environ),
        places.codex_path(os.environ),
        places.cc_switch_folder(os.environ),
    ]


def _variables() -> list[str]:
    """List the variables that may hold a key, by provider."""
    known = sorted(found_keys.variables(), key=lambda name: (_provider_of(name), name))
    return [*known, found_keys.BESIDE_AN_ADDRESS[0]]


def _provider_of(variable: str) -> str:
    return (owners.variable(variable) or ("",))[0]


class _Store:
    """Reads each secret only once in a run, since each may need a dialog."""

    def __init__(self) -> None:
        self._credentials: dict[tuple[str, int], Credential | None] = {}

    def read(self, account: Account) -> Credential:
        """Read the credential of an account. Raises NoCredential or StoreLocked."""
        key = (account.id, account.generation)
        if key not in self._credentials:
            self._credentials[key] = None
            with suppress(NoCredential):
                self._credentials[key] = store.read(account)
        credential = self._credentials[key]
        if credential is None:
            raise NoCredential
        return credential

    def read_all(self, provider: str) -> Iterator[tuple[Account, Credential]]:
        """Read the accounts of a provider that have a credential. Raises StoreLocked."""
        for account in accounts.load().accounts:
            if account.provider == provider:
                with suppress(NoCredential):
                    yield account, self.read(account)


def _is_stored(candidate: Candidate, store: _Store) -> bool:
    """Tell whether an account has this credential already, and print its name."""
    twin = _twin(candidate.finding, store)
    if twin is None:
        return False
    name = privacy.full_name(twin, preferences.load())
    stored = say(_STORED, name=name)
    if twin.region != candidate.finding.region and twin.region in SITES:
        stored = say(_("{what} ({site})", what=stored, site=SITES[twin.region]))
    click.echo(f"{_description(_at_site_of(twin, candidate))} · {stored}")
    return True


def _at_site_of(twin: Account, candidate: Candidate) -> Candidate:
    """Return a key without the site that its variable names, if its account is at another one."""
    if twin.region == candidate.finding.region:
        return candidate
    return replace(candidate, finding=replace(candidate.finding, region=""))


def _twin(finding: Finding, store: _Store) -> Account | None:
    """Find the account with this credential."""
    identity = finding.credential.identity
    known = store.read_all(finding.provider)
    return next((account for account, each in known if each.identity == identity), None)


def _predecessor(finding: Finding, store: _Store) -> Account | None:
    """Find the account with an earlier token of the same person and workspace."""
    owner = _owner(finding.credential.secret)
    if finding.credential.kind != "access_token" or None in owner:
        return None
    for account, credential in store.read_all(finding.provider):
        if account.kind == "access_token" and _owner(credential.secret) == owner:
            return account
    return None


def _owner(token: str) -> tuple[str | None, str | None]:
    return tokens.email(token), tokens.account_id(token)


def _is_wanted(candidate: Candidate) -> bool:
    question = say(_("Add it?"))
    return entry.confirm(f"{_description(candidate)} · {question}")


def _add(candidate: Candidate, store: _Store) -> bool:
    """Check and store a key, and print the result. Returns False if it was refused."""
    predecessor = _predecessor(candidate.finding, store)
    try:
        add.confirm_plain(candidate.finding.scope.get(SCOPE, ""))
        new = adding.NewAccount(candidate.finding, replaces=predecessor, read=store.read)
        added = adding.add(replace(new, once=predecessor is None))
    except adding.Stored as stored:  # by another process, meanwhile
        click.echo(f"{_description(candidate)} · {say(_STORED, name=stored.name)}")
        return True
    except CheckFailed as failed:
        output.complain_of(failed.error, failed.account, failed.remark)
        _note_other_site(candidate, failed)
        return False
    except Mistake as error:
        output.complain(error.message)
        return False
    add.show(added, add.ADDED)
    return True


def _note_other_site(candidate: Candidate, failed: CheckFailed) -> None:
    """Say how to try a key at the provider's other site, if the name of its variable chose this one."""
    other = add.other_site(failed.account)
    if failed.error.kind != "credential_rejected" or not (other and candidate.finding.region):
        return
    elsewhere = found_keys.look(os.environ, other).candidates
    if (candidate.source, other) in [(each.source, each.finding.region) for each in elsewhere]:
        add.note_site(failed.account, other, "tankful import")


def _description(candidate: Candidate) -> str:
    """Describe a key: where it is, its provider and its kind."""
    finding = candidate.finding
    region = SITES.get(finding.region)
    about = providers.about(finding.provider)
    parts = [about.name, say(finding.what), say(region) if region else ""]
    return headed(
        places.shown(_place(candidate), os.environ), " · ".join(part for part in parts if part)
    )


def _place(candidate: Candidate) -> str:
    return found_keys.path_of(candidate.source, os.environ)


def _nothing(listed: bool) -> Message:
    """Say that no key was found, where it was searched, and what to do."""
    nothing = _("No key found in {count} environment variables, {files}.")
    files = [places.shown(path, os.environ) for path in _files()]
    by_hand = _("Add one by hand: tankful add")
    more = _("Add one by hand: tankful add (where it looked: tankful import --list)")
    return _(
        "{nothing} {next}",
        nothing=nothing.filled(count=len(_variables()), files=enumerated(files)),
        next=by_hand if listed else more,
    )


def _report(
    candidates: Sequence[Candidate], remarks: Sequence[Message], store: _Store
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "keys": [_entry(candidate, store) for candidate in candidates],
        "remarks": [say(remark) for remark in remarks],
        "looked_at": [*_variables(), *_files()],
    }


def _entry(candidate: Candidate, store: _Store) -> dict[str, Any]:
    finding = candidate.finding
    twin, ends = _twin(finding, store), finding.credential.expires_at
    region = twin.region if twin else finding.region
    return {
        "source": _place(candidate),
        "provider": finding.provider,
        "what": say(finding.what),
        "kind": finding.credential.kind,
        "region": region if region in ("intl", "cn") else None,
        "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}" if ends else None,
        "stored_as": twin.id if twin else None,
        "note": say(finding.note) if finding.note else None,
    }
