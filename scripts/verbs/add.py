"""Add an account: the secret comes from a hidden prompt or from standard input, never from argv."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import click

from scripts.terminal import output, secret_arguments, secret_prompt
from workflow import settings as preferences
from workflow.actions import add as adding
from workflow.credentials import store
from workflow.errors import Mistake, StoreLocked, UsageError
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, ngettext
from workflow.models import Account, utc_now
from workflow.provider import contract as providers
from workflow.provider import discovery
from workflow.recognition import recognise
from workflow.recognition.finding import Finding, choices, is_one
from workflow.refresh import fetch as fetching

LARGEST = 1024 * 1024  # characters that are ever read
REGION = click.Choice(("intl", "cn", adding.AUTO), case_sensitive=False)
_LONGEST_CHOICE = 8  # characters that are shown as they are typed
_ADDED = _("Added {account}")


@click.command(
    cls=secret_arguments.Careful, name="add", epilog=f"PROVIDER: {', '.join(discovery.names())}"
)
@click.argument("provider", required=False)
@click.option("--label", default="", help="What to call the account.")
@click.option(
    "--region", type=REGION, default=adding.AUTO, show_default=True, help="Where the key belongs."
)
@click.option("--scope", multiple=True, metavar="NAME=VALUE", help="A team, project or workspace.")
@click.option("--no-check", is_flag=True, help="Store it without asking the provider.")
@click.option("--all", "every", is_flag=True, help="Take every credential in what is pasted.")
def command(
    provider: Optional[str],
    label: str,
    region: str,
    scope: Tuple[str, ...],
    no_check: bool,
    every: bool,
) -> None:
    """Add an account of PROVIDER.

    The credential is asked for at a hidden prompt, or read from standard input to its end. It is
    checked live before it is stored; with --region auto the provider's own regional hosts are asked.
    Without PROVIDER it is recognised. Of several a terminal asks which one; --all takes all.
    """
    scopes = dict(_scope(told) for told in scope)
    about = discovery.about(provider.lower()) if provider else None
    check_store()
    pasted = ""
    if about is None and sys.stdin.isatty():
        about, pasted = _pick()
    if about is not None:
        _check_scopes(about, scopes)
    taken = chosen(pasted or secret(about), about, every)
    failed = 0
    for found in taken:
        try:
            about = discovery.about(found.provider)
            _check_scopes(about, scopes)
            check_region(about, region)
            take(adding.Wish(found, label, region, scopes, check=not no_check), _ADDED)
        except (Mistake, SystemExit) as error:
            if len(taken) == 1:
                raise
            if isinstance(error, Mistake):
                output.complain(error.message)
            failed += 1
    if failed:
        raise SystemExit(1)


def check_store() -> None:
    """Find out that secrets cannot be stored before anybody is asked for one. Raises StoreLocked."""
    store.look(store.name("nobody", 0))


def take(wish: adding.Wish, done_message: Message) -> None:
    """Check a credential, store it, and say what was done. Exits with a complaint.

    Args:
        done_message: what was done with the account in the place of ``{account}``.
    """
    done = _enrolled(wish)
    for remark in done.remarks:
        note(remark)
    output.after_change()
    line = output.line(done.account, done.snapshot, preferences.load(), utc_now())
    click.echo(say(done_message, output.language(), account=line))


def _enrolled(wish: adding.Wish) -> adding.Enrolled:
    """Check and store; a session that only this process has left is offered as long as the user wants."""
    holder: Optional[Account] = None  # for whom only this process has the session
    while True:
        try:
            with _asking(wish):
                return adding.enrol(wish)
        except adding.CheckFailed as failed:
            output.complain_of(failed.error, failed.account, failed.remark)
            holder = failed.account if failed.in_hand else None
            again = replace(wish.finding, credential=failed.credential)
            wish = replace(wish, finding=again, check=False)
            if holder is None or not _is_stored_again():
                raise SystemExit(1) from None
        except (StoreLocked, Mistake) as error:
            if holder is None:
                raise
            output.complain_of(StoreLocked(error.message), holder)
            if not _is_stored_again():
                raise SystemExit(1) from None


def _is_stored_again() -> bool:
    """Whether the user, who was told why it could not be stored, wants another try."""
    question = output.told(_("Store it again?"))
    return sys.stdin.isatty() and click.confirm(question, default=True, err=True)


def note(message: Message) -> None:
    """Say what is good to know, in one line on stderr."""
    click.echo(output.told(_("Note: {remark}", remark=message)), err=True)


def check_region(about: providers.Provider, region: str) -> None:
    """Say it when a region was named where there is none."""
    if region != adding.AUTO and not about.regions:
        note(
            _(
                "{provider} has no regions; --region {region} has no meaning here",
                provider=about.name,
                region=region,
            )
        )


@contextmanager
def _asking(wish: adding.Wish) -> Iterator[None]:
    """Say on a terminal, while it lasts, who is asked."""
    name = discovery.about(wish.finding.provider).name
    if not (wish.check and sys.stderr.isatty() and secret_prompt.is_clever()):
        yield
        return
    click.echo(output.told(_("Asking {name}…", name=name)), nl=False, err=True)
    try:
        yield
    finally:
        click.echo(f"\r{secret_prompt.CLEAR}", nl=False, err=True)


def chosen(
    pasted: str, about: Optional[providers.Provider], every: Optional[bool] = False
) -> List[Finding]:
    """The credentials in what was pasted that are wanted. Exits with a complaint, or raises Mistake.

    Args:
        pasted: what was pasted.
        about: the provider that they are for, None for any.
        every: take all of them without asking; None where only one can be taken.
    """
    found = _found(pasted, about)
    if every or len(found) == 1:
        return _sure(found, about) if every else found
    is_single = is_one(found)
    if sys.stdin.isatty():
        return _asked(found, about, every is not None and not is_single)
    if is_single:
        raise Mistake(_may_be(found))
    raise Mistake(_several(found, every is not None))


def _found(pasted: str, about: Optional[providers.Provider]) -> List[Finding]:
    if about is None:
        return choices(recognise.recognise(pasted, utc_now()))
    try:
        return list(recognise.read_all(pasted, about.id, utc_now()))
    except UsageError as error:
        output.fail(fetching.message(error, about))


def _sure(found: List[Finding], about: Optional[providers.Provider]) -> List[Finding]:
    """Those whose provider is known. Raises Mistake when it is of none."""
    sure = [one for one in found if one.sure or about is not None]
    unsure = [one for one in found if one not in sure]
    if not sure:
        raise Mistake(_may_be(unsure))
    if unsure:
        output.complain(_may_be(unsure))
    return sure


def _asked(
    found: List[Finding], about: Optional[providers.Provider], with_all: bool
) -> List[Finding]:
    """What is chosen from a list on a terminal."""
    for number, one in enumerate(found, 1):
        click.echo(f"{number}  {_said(one)}", err=True)
    last = len(found)
    asked = _("Which one?")
    if with_all:
        asked = _("Which one? (1 to {last}, or all)", last=last)
    while True:
        told = _typed(asked).strip().lower()
        if told.isdecimal() and 1 <= int(told) <= last:
            return [found[int(told) - 1]]
        if told in ("all", "全部") and with_all:
            return _sure(found, about)
        note(_("choose 1 to {last}", last=last))


def _said(found: Finding) -> str:
    """Whose it is and what it is, never itself."""
    return f"{discovery.about(found.provider).name}: {say(found.what, output.language())}"


def _may_be(found: Sequence[Finding]) -> Message:
    names = ", ".join(dict.fromkeys(each.provider for each in found))
    return _(
        "this may be a key of {names}; name the one it belongs to: tankful add PROVIDER",
        names=names,
    )


def _several(found: Sequence[Finding], with_all: bool) -> Message:
    language = output.language()
    told = (f"{discovery.about(one.provider).name}: {say(one.what, language)}" for one in found)
    numbered = " · ".join(f"{number} {each}" for number, each in enumerate(told, 1))
    if not with_all:
        return _("several credentials are in it: {found}; give only one of them", found=numbered)
    return _(
        "several credentials are in it: {found}; give only one of them (--all takes all)",
        found=numbered,
    )


def _scope(told: str) -> Tuple[str, str]:
    name, equals, value = told.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise click.BadParameter(output.told(_("takes NAME=VALUE")), param_hint="--scope")
    return name.strip(), value.strip()


def _check_scopes(about: providers.Provider, scopes: Mapping[str, str]) -> None:
    if scopes and not about.scopes:
        raise Mistake(_("{provider} has no scopes; leave out --scope", provider=about.name))


def _pick() -> Tuple[Optional[providers.Provider], str]:
    """The provider, chosen from a list on a terminal, or a credential that was pasted instead."""
    language, known = output.language(), discovery.everything()
    choices: Dict[str, providers.Provider] = dict(known)
    for number, about in enumerate(known.values(), 1):
        choices[str(number)] = about
        click.echo(f"{number}  {about.name}: {say(about.needs, language)}", err=True)
    while True:
        told = _typed(_("Which one?")).strip()
        if told.lower() in choices:
            return choices[told.lower()], ""
        if secret_arguments.may_be(told):
            return None, told
        last = len(known)
        note(_("choose 1 to {last}, or a name", last=last))


def secret(about: Optional[providers.Provider], region: str = "") -> str:
    """The credential, from a hidden prompt or from standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.buffer.read(LARGEST + 1).decode("utf-8", "replace")
    if about is not None:
        needs = say(about.needs, output.language())
        click.echo(f"{needs} · {about.keys_page(region)}", err=True)
    return _typed(_("Credential (hidden)"), longest_seen=0)


def _typed(question: Message, longest_seen: int = _LONGEST_CHOICE) -> str:
    """What is typed or pasted at a terminal, which shows only how much, unless it is short."""
    language = output.language()

    def shown(text: str) -> str:
        if len(text) <= longest_seen and text.isprintable():
            return text
        return say(_received(len(text)), language)

    return secret_prompt.read(f"{say(question, language)}: ", shown, LARGEST + 1)


def _received(count: int) -> Message:
    return ngettext(
        "received {count} character; Enter goes on",
        "received {count:,} characters; Enter goes on",
        count,
    )
