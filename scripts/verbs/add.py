"""Add an account: the secret comes from a hidden prompt or from standard input, never from argv."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from scripts.terminal import credential, entry, output, secret_arguments, secret_prompt
from scripts.terminal.language import OneOf
from workflow import settings as preferences
from workflow.actions import add as adding
from workflow.actions import label as labels
from workflow.actions.check import CheckFailed
from workflow.credentials import store
from workflow.display.names import headed
from workflow.errors import Mistake, StoreLocked, WrongUsage
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, enumerated
from workflow.models import Account, utc_now
from workflow.provider import address as addresses
from workflow.provider import contract as providers
from workflow.provider import discovery, no_usage
from workflow.recognition.finding import Finding, local
from workflow.records import replace
from workflow.storage import accounts

REGION = OneOf(("intl", "cn", adding.AUTO), case_sensitive=False)
ADDED = _("Added {account}")


@click.command(
    cls=secret_arguments.Careful, name="add", epilog=f"PROVIDER: {', '.join(discovery.names())}"
)
@click.argument("provider", required=False, shell_complete=output.provider_names)
@click.option("--label", default="", help="What to call the account.")
@click.option(
    "--region", type=REGION, default=adding.AUTO, show_default=True, help="The key's region."
)
@click.option("--scope", multiple=True, metavar="NAME=VALUE", help="A team, project or workspace.")
@click.option("--address", default="", metavar="URL", help="Address of the relay.")
@click.option("--no-check", is_flag=True, help="Save it without checking.")
@click.option("--all", "every", is_flag=True, help="Add every credential in the pasted text.")
@click.option("--again", is_flag=True, help="Add the key even if it is stored already.")
def command(
    provider: str | None,
    label: str,
    region: str,
    scope: tuple[str, ...],
    address: str,
    no_check: bool,
    every: bool,
    again: bool,
) -> None:
    """Add an account of PROVIDER.

    The credential is read from a hidden prompt, or from standard input to its end, and is
    checked with the provider before it is saved. --region auto tries the provider's
    international and Chinese sites. codex and claude need no credential: their numbers come
    from the programs on this machine. Without PROVIDER, the credential is recognised. If there
    are several, a terminal asks which one; --all adds all.
    """
    labels.check(label)
    scopes = {**dict(map(_scope, scope)), **({addresses.SCOPE: address} if address else {})}
    about, confirmed = _provider_named(provider.lower()) if provider else None, ""
    is_guided = about is None and sys.stdin.isatty()
    choice = credential.Choice([])
    if about is None or not about.is_local:
        check_store()
    if is_guided:
        about, choice = _guided(every)
    if about is not None:
        _check_scopes(about, scopes)
        adding.checked_scope(about, scopes)
        scopes = _with_address(about, scopes, {})
        confirmed = scopes.get(addresses.SCOPE, "")
    if about is not None and about.is_local:
        choice = credential.Choice([_local_finding(about)])
    elif not choice.findings:
        choice = credential.asked(about, "", every)
    findings, failed = choice.findings, bool(choice.unsure)
    if choice.unsure:
        output.complain(credential.may_be(choice.unsure))
    for finding in findings:
        try:
            about = discovery.about(finding.provider)
            _check_scopes(about, scopes)
            check_region(about, region)
            own = _with_address(about, scopes, finding.scope, confirmed)
            new = adding.NewAccount(finding, label, region, own, check=not no_check)
            twin = "" if again else adding.twin_name(new)
            if twin and not _is_wanted_again(twin):
                continue
            if is_guided and not label and len(findings) == 1:
                new = replace(new, label=_name(about, own))
            take(replace(new, once=not (again or twin or about.is_local)), ADDED)
        except (Mistake, SystemExit) as error:
            if len(findings) == 1:
                raise
            if isinstance(error, Mistake):
                output.complain(error.message)
            failed = True
    if failed:
        raise SystemExit(1)


def _local_finding(about: providers.Provider) -> Finding:
    """Return the account of a provider without credentials. Exits, or raises Mistake, if one is piped in anyway."""
    is_piped = not sys.stdin.isatty() and bool(select.select([sys.stdin], [], [], 0)[0])
    pasted = entry.secret(about) if is_piped else ""
    if pasted.strip():
        credential.chosen(pasted, about)  # raises: it belongs elsewhere, or none is needed
    return local(about)


def _provider_named(name: str) -> providers.Provider:
    """Find a provider by its id or name. Raises Mistake if it is unknown, or a service without usage numbers."""
    name = discovery.named(name)
    service = no_usage.named(name) if name not in discovery.names() else None
    if service is not None:
        credential.refuse(Mistake(service.message_of_name()))
    return discovery.about(name)


def _name(about: providers.Provider, scopes: Mapping[str, str]) -> str:
    """Ask for a name; the default is the one it would get anyway."""
    host = addresses.host(scopes.get(addresses.SCOPE, ""))
    free = accounts.load().label_for(about.id, host or about.short)
    while True:
        name = entry.name(free)
        try:
            labels.check(name)
        except Mistake as error:
            output.complain(error.message)
        else:
            return name


def _is_wanted_again(twin: str) -> bool:
    """Ask whether to add a key that is stored as ``twin``. Raises Mistake if there is no terminal to ask at."""
    question = _("This key is already stored as {name}. Add it again?", name=twin)
    is_wanted = entry.agreed(question, adding.STORED.filled(name=twin))
    if not is_wanted:
        click.echo(say(_("Nothing was added.")))
    return is_wanted


def check_store() -> None:
    """Make sure that the secret store works before asking for a secret. Raises StoreLocked."""
    store.get(store.name("nobody", 0))


def take(request: adding.NewAccount, success: Message) -> None:
    """Check a credential, store it, and print ``success`` with the account's line. Exits with a complaint."""
    added = _add(request)
    show(added, success)
    if not request.replaces:
        output.note_label(request.label, added.account)


def show(added: adding.Added, success: Message) -> None:
    """Print ``success`` with the line of an added account, then the remarks about it."""
    output.after_change()
    line = output.line(added.account, added.snapshot, preferences.load(), utc_now())
    click.echo(say(success, account=line))
    for remark in added.remarks:
        output.note(remark)


def _add(request: adding.NewAccount) -> adding.Added:
    """Check and store; offer to retry while only this process has the exchanged session."""
    holder: Account | None = None  # the account whose session only this process has
    while True:
        try:
            with _showing_check(request):
                return adding.add(request)
        except CheckFailed as failed:
            output.complain_of(failed.error, failed.account, failed.remark)
            _note_other_site(request, failed)
            holder = failed.account if failed.in_hand else None
            finding = replace(request.finding, credential=failed.credential)
            request = replace(request, finding=finding, check=False)
            if holder is None or not _wants_retry():
                raise SystemExit(1) from None
        except (StoreLocked, Mistake) as error:
            if holder is None:
                raise
            output.complain_of(StoreLocked(error.message), holder)
            if not _wants_retry():
                raise SystemExit(1) from None


def _note_other_site(request: adding.NewAccount, failed: CheckFailed) -> None:
    """Say how to try a key at the provider's other site, if only one was asked."""
    other = other_site(failed.account)
    is_asked = request.region == adding.AUTO and request.replaces is None
    if failed.error.kind != "credential_rejected" or not other or is_asked:
        return
    command = f"tankful add {failed.account.provider}"
    if request.replaces is not None:
        command = f"tankful replace {request.replaces.id}"
    note_site(failed.account, other, command)


def other_site(account: Account) -> str:
    """Return the other region of an account's provider; "" if there is none."""
    regions = discovery.about(account.provider).regions
    return next((each for each in regions if each != account.region), "")


def note_site(account: Account, region: str, command: str) -> None:
    """Say how to try an account's key at another site of its provider."""
    sentence = _("if it is a key of {page}, try it there: {command}")
    page = discovery.about(account.provider).keys_page(region)
    output.note(sentence.filled(page=page, command=f"{command} --region {region}"))


def _wants_retry() -> bool:
    """Ask whether to try again after the reason was printed."""
    return sys.stdin.isatty() and entry.confirm(_("Store it again?"), default=True)


def check_region(about: providers.Provider, region: str) -> None:
    """Print a note if a region was named but the provider has none."""
    if region != adding.AUTO and not about.regions:
        sentence = _("{provider} has no regions; --region {region} is ignored")
        output.note(sentence.filled(provider=about.name, region=region))


@contextmanager
def _showing_check(request: adding.NewAccount) -> Iterator[None]:
    """Show on a terminal which provider is asked, until it has answered."""
    name = discovery.about(request.finding.provider).short
    if not (request.check and sys.stderr.isatty() and secret_prompt.has_escapes()):
        yield
        return
    click.echo(say(_("Checking with {name}…", name=name)), nl=False, err=True)
    try:
        yield
    finally:
        click.echo(f"\r{secret_prompt.CLEAR}", nl=False, err=True)


def _scope(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise click.BadParameter(say(_("takes NAME=VALUE")), param_hint="--scope")
    return name.strip(), value.strip()


def _check_scopes(about: providers.Provider, scopes: Mapping[str, str]) -> None:
    if addresses.SCOPE in scopes and not about.has_address:
        sentence = _("{provider} has only its own address; leave out --address")
        raise WrongUsage(sentence.filled(provider=about.short))
    if scopes and not about.scopes:
        raise WrongUsage(_("{provider} has no scopes; leave out --scope", provider=about.short))


def _with_address(
    about: providers.Provider,
    scopes: Mapping[str, str],
    beside: Mapping[str, str],
    confirmed: str = "",
) -> dict[str, str]:
    """Add the address of the account, if the provider needs one. Raises Mistake.

    The scopes ``beside`` came with the credential, and the user has confirmed one address already.
    """
    typed = scopes.get(addresses.SCOPE) or beside.get(addresses.SCOPE, "")
    if not about.has_address or (not typed and not sys.stdin.isatty()):
        return dict(scopes)
    address = addresses.normalised(typed) if typed else _asked_address()
    if address != confirmed:
        confirm_plain(address)
    return {**scopes, addresses.SCOPE: address}


def _asked_address() -> str:
    """Ask for an address until one is valid."""
    while True:
        try:
            return addresses.normalised(entry.prompt(_("Address of the relay"), max_shown=300))
        except Mistake as error:
            output.complain(error.message)


def confirm_plain(address: str) -> None:
    """Let the user confirm an address, if it is unencrypted, by typing it again. Raises Mistake if not."""
    if not addresses.wants_asking(address):
        return
    refused = _(
        "{address} is not encrypted: anyone on that network can read the key; run "
        "this in a terminal to confirm it",
        address=address,
    )
    if not sys.stdin.isatty():
        raise Mistake(refused)
    output.complain(refused)
    question = _("Type the address again to send the key anyway")
    if entry.prompt(question, max_shown=300).strip() != address:
        raise Mistake(_("nothing was added"))


def _guided(every: bool) -> tuple[providers.Provider | None, credential.Choice]:
    """Let the user choose a provider on a terminal, or paste a credential, until it can be read."""
    known = discovery.everything()
    for number, about in enumerate(known.values(), 1):
        entry.option(number, headed(about.name, say(about.needs)), len(str(len(known))))
    while True:
        chosen, pasted = _pick(known)
        if chosen:
            return chosen, credential.Choice([])
        try:
            return None, credential.chosen(pasted, None, every)
        except credential.Unreadable as error:
            output.complain(error.message)


def _pick(known: Mapping[str, providers.Provider]) -> tuple[providers.Provider | None, str]:
    """Ask for the number or the name of a provider, or a credential."""
    numbered = {str(number): about for number, about in enumerate(known.values(), 1)}
    while True:
        answer = entry.prompt(_("Number, name, or paste the key")).strip()
        chosen = numbered.get(answer) or known.get(discovery.named(answer))
        if chosen:
            return chosen, ""
        begun = [name for name in known if name.startswith(answer.lower())]
        if begun:
            output.note(_("choose one of {names}", names=enumerated(begun)))
            continue
        if secret_arguments.may_be(answer):
            return None, answer
        last = len(known)
        output.note(_("choose 1 to {last}, or a name", last=last))
