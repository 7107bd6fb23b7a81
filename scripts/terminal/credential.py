"""Choose the credentials in a pasted text, or say why there are none."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from scripts.terminal import entry, output
from workflow.display.names import headed
from workflow.errors import Mistake, UsageError
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _, enumerated
from workflow.models import utc_now
from workflow.provider import contract as providers
from workflow.provider import discovery, no_usage
from workflow.recognition import recognise
from workflow.recognition.finding import Finding, choices, is_one
from workflow.refresh import fetch as fetching
from workflow.system import browser


class Unreadable(Mistake):
    """The text is not a credential; at a terminal the user may try again."""


class Choice(NamedTuple):
    """The credentials to take, and those left out because several providers have keys of their form."""

    findings: list[Finding]
    unsure: Sequence[Finding] = ()


def asked(about: providers.Provider | None, region: str = "", every: bool | None = False) -> Choice:
    """Ask for credentials, at a terminal until there is one; see ``chosen``."""
    while True:
        try:
            return chosen(entry.secret(about, region), about, every)
        except Unreadable as error:
            if not sys.stdin.isatty():
                raise
            output.complain(error.message)


def chosen(pasted: str, about: providers.Provider | None, every: bool | None = False) -> Choice:
    """Choose the credentials in a pasted text. Exits with a complaint, or raises Mistake.

    Args:
        pasted: the whole text.
        about: their provider; None for any.
        every: take all of them without asking; None if only one can be taken.
    """
    findings = _recognise(pasted, about, asks=every is not None and sys.stdin.isatty())
    if every:
        return _certain(findings, about)
    if len(findings) == 1 and (about is not None or findings[0].sure):
        return Choice(findings)
    is_single = is_one(findings)
    if sys.stdin.isatty():
        return _choose(findings, about, every is not None and not is_single)
    if is_single:
        raise Mistake(may_be(findings))
    raise Mistake(_several(findings, every is not None))


def _recognise(
    pasted: str, about: providers.Provider | None, *, asks: bool = False
) -> list[Finding]:
    try:
        if about is None:
            return choices(recognise.recognise(pasted, utc_now()))
        return list(recognise.read_all(pasted, about.id, utc_now()))
    except (Mistake, UsageError) as error:
        other = _other_provider(pasted) if asks and about is not None else None
        if other is not None and _is_meant(other):
            return [other]
        if isinstance(error, recognise.Unrecognised) and not no_usage.page_in(error.message):
            raise Unreadable(error.message) from None
        if isinstance(error, UsageError):
            error = Mistake(fetching.message(error, about))
        refuse(error)


def _other_provider(pasted: str) -> Finding | None:
    """Return the credential if it certainly belongs to another provider."""
    try:
        findings = choices(recognise.recognise(pasted, utc_now()))
    except (Mistake, UsageError):
        return None
    return findings[0] if len(findings) == 1 and findings[0].sure else None


def _is_meant(other: Finding) -> bool:
    """Ask whether to add a credential to its own provider."""
    name = discovery.about(other.provider).short
    question = _("This belongs to {name}: {what}. Add it there?")
    return entry.confirm(question.filled(name=name, what=other.what), default=True)


def _certain(findings: list[Finding], about: providers.Provider | None) -> Choice:
    """Take the credentials whose provider is certain. Raises Mistake if there are none."""
    sure = [each for each in findings if each.sure or about is not None]
    unsure = [each for each in findings if each not in sure]
    if not sure:
        raise Mistake(may_be(unsure))
    return Choice(sure, unsure)


def _choose(findings: list[Finding], about: providers.Provider | None, with_all: bool) -> Choice:
    """Let the user choose from a list on a terminal."""
    for number, each in enumerate(findings, 1):
        entry.option(number, headed(discovery.about(each.provider).name, say(each.what)))
    last = len(findings)
    question = _("Which one (1 to {last})?", last=last)
    if with_all:
        question = _("Which one (1 to {last}, or all)?", last=last)
    while True:
        answer = entry.prompt(question).strip().lower()
        if answer.isdecimal() and 1 <= int(answer) <= last:
            return Choice([findings[int(answer) - 1]])
        if answer in ("all", "全部") and with_all:
            return _certain(findings, about)
        output.note(_("choose 1 to {last}", last=last))


def may_be(findings: Sequence[Finding]) -> Message:
    """Make the message that providers have keys of this form, and how to name the right one."""
    providers = list(dict.fromkeys(each.provider for each in findings))
    names = enumerated(providers)
    if len(providers) == 1:
        return _("this could be a key of {names}; if it is: tankful add {names}", names=names)
    return _("this could be a key of {names}; say which: tankful add PROVIDER", names=names)


def _several(findings: Sequence[Finding], with_all: bool) -> Message:
    kinds: dict[tuple[str, str], list[str]] = {}  # the readings of each credential
    for each in findings:
        name = headed(discovery.about(each.provider).name, say(each.what))
        kinds.setdefault(each.credential.identity, []).append(name)
    numbered = " · ".join(
        f"{number} {' / '.join(names)}" for number, names in enumerate(kinds.values(), 1)
    )
    if not with_all:
        return _(
            "it contains several credentials: {credentials}; give only one", credentials=numbered
        )
    return _(
        "it contains several credentials: {credentials}; give only one (--all adds all)",
        credentials=numbered,
    )


def refuse(error: Mistake) -> NoReturn:
    """Exit with an error; on a terminal, offer to open the page that it names."""
    page = no_usage.page_in(error.message)
    if not (page and sys.stdin.isatty() and browser.is_there()):
        raise error
    output.complain(error.message)
    if entry.confirm(_("Open {page}?", page=page), default=True):
        browser.show(page)
    raise SystemExit(1)
