"""The dialogs that add a credential: ask, recognise, check, store; ask again if it fails.

The typed or pasted text stays in this process until it is stored or the user cancels. The clipboard
is read only after the user chose it, and cleared when the secret is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Union

from ..display import names, privacy
from ..errors import Mistake, UsageError
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account, utc_now
from ..provider import address, no_usage
from ..provider import discovery as providers
from ..recognition import recognise
from ..recognition.finding import Finding, choices, is_one, local
from ..records import dataclass, field, replace
from ..refresh import fetch as fetching
from ..settings import Settings
from ..system import browser, clipboard, dialogs
from . import add as adding
from . import label
from .add import Added
from .check import CheckFailed

_Trouble = Union[Mistake, UsageError, CheckFailed]

_CANCEL, _GO_ON, _TITLE = _("Cancel"), _("Check and Save"), _("Tankful · {title}")
_USE_CLIPBOARD, _TYPE_AGAIN, _TRY_AGAIN = _("Use the Clipboard"), _("Type again"), _("Try again")
_PASTE = _("Paste {credential} for {account}.\nGet it at {page}")
_MAY_BE = _(
    "This key could belong to several providers, and is not sent to any of them "
    "to find out. Which one is it?"
)
_SEVERAL = _(
    "The text contains several credentials; none has been sent yet. Which one do you want to add?"
)
_ADDRESS = _("Address of the relay. The key is only ever sent to this address.")
_PLAIN = _("{address} is not encrypted: anyone on that network can read the key. Send it anyway?")
_SEEN = _(
    "On the clipboard: {credential}{region} ({count} characters).\nNothing has been sent yet. It will be checked at {provider}."
)


@dataclass(frozen=True)
class AddForm:
    """Everything that is known before asking for the credential."""

    provider: str = ""  # "": recognised, or asked for
    label: str = ""  # "": the provider's short name
    region: str = adding.AUTO
    scope: Mapping[str, str] = field(default_factory=dict)
    replaces: Account | None = None
    from_clipboard: bool = False
    finding: Finding | None = None  # a credential that is at hand already


def run(form: AddForm, settings: Settings) -> tuple[Added, ...]:
    """Ask for a credential and add it, or several from one text.

    Raises dialogs.Cancelled if nothing was added, Mistake if no dialog can be shown or the name is a key.
    """
    label.check(form.label)
    conversation = _Conversation(form, settings)
    while True:
        done = conversation.turn()
        if done:
            return done


class _Conversation:
    def __init__(self, form: AddForm, settings: Settings) -> None:
        self._form = form
        self._settings = settings
        self._provider = form.provider
        self._label = form.label
        self._clipboard = form.from_clipboard
        self._reason = ""
        self._finding = form.finding
        self._kept = form.replaces  # the account that a retyped credential replaces

    def turn(self) -> tuple[Added, ...]:
        """Run one round: prompt, recognise, check, store; () if another round is needed."""
        self._form = replace(self._form, replaces=self._kept)
        if self._finding is not None:
            finding, self._finding = self._finding, None
            self._provider = finding.provider
            return self._add_one(finding)
        if self._provider and providers.about(self._provider).is_local:
            return self._add_one(local(providers.about(self._provider)))
        pasted = self._ask_for_text()
        try:
            findings = self._findings(pasted)
        except (Mistake, UsageError) as error:
            other = self._after_misreading(error, pasted)
            if other is None:
                return ()
            findings = [other]
        if self._clipboard and len(findings) == 1:
            self._confirm(findings[0], len(pasted.strip()))
        done = self._add_one(findings[0]) if len(findings) == 1 else self._add_all(findings)
        if done and self._clipboard:
            _clear(pasted)
        return done

    def _add_one(self, finding: Finding) -> tuple[Added, ...]:
        done = self._check_and_store(finding)
        return () if done is None else (done,)

    def _add_all(self, findings: list[Finding]) -> tuple[Added, ...]:
        """Add all of them; cancelling one keeps those that were added."""
        done: list[Added] = []
        for finding in findings:
            try:
                done += self._add_one(finding)
            except dialogs.Cancelled:
                if not done:
                    raise
        return tuple(done)

    def _scope(self, finding: Finding) -> Mapping[str, str]:
        """Return the scopes of the account; ask for its address if it needs one. Raises Mistake."""
        about, form = providers.about(finding.provider), self._form
        known = {name: value for name, value in form.scope.items() if name in about.scopes}
        if not about.has_address or form.replaces:
            return known
        typed = finding.scope.get(address.SCOPE) or known.get(address.SCOPE, "")
        buttons, title = (say(_CANCEL), say(_GO_ON)), self._title()
        if not typed:
            typed = dialogs.line(say(_ADDRESS), title, "https://", buttons)
        base = address.normalised(typed)
        if address.wants_asking(base):
            dialogs.confirm(say(_PLAIN, address=base), title, buttons)
        self._form = replace(form, scope={**form.scope, address.SCOPE: base})
        return {**known, address.SCOPE: base}

    def _ask_for_text(self) -> str:
        if not self._clipboard:
            if not self._provider:
                self._pick_provider()
            if not self._clipboard:
                buttons = say(_CANCEL), say(_USE_CLIPBOARD), say(_GO_ON)
                reply = dialogs.secret(self._prompt(), self._title(), buttons)
                if reply.button != say(_USE_CLIPBOARD):
                    return reply.text
        self._clipboard = True
        return clipboard.paste()

    def _pick_provider(self) -> None:
        """Let the user pick a provider, or the clipboard."""
        names = {about.name: about.id for about in providers.everything().values()}
        taken = say(_USE_CLIPBOARD)
        choice = self._pick(say(_("Which provider?")), [taken, *names])
        self._clipboard = choice == taken
        self._provider = names.get(choice, "")

    def _prompt(self) -> str:
        about = providers.about(self._provider)
        region = self._form.region if self._form.region in about.regions else ""
        account = self._form.replaces
        page = about.keys_pages(account.region if account else region)
        request = say(_PASTE, credential=say(about.needs), account=self._name(), page=page)
        return f"{self._reason}\n\n{request}" if self._reason else request

    def _name(self) -> str:
        about, account = providers.about(self._provider), self._form.replaces
        return privacy.name(account, about.short, self._settings) if account else about.name

    def _title(self) -> str:
        return say(_TITLE, title=self._name() if self._provider else say(_("Add account…")))

    def _findings(self, pasted: str) -> list[Finding]:
        """Return the credential in the pasted text; the user chooses if there are several."""
        if self._provider:
            findings = list(recognise.read_all(pasted, self._provider, utc_now()))
        else:
            findings = choices(recognise.recognise(pasted, utc_now()))
        if len(findings) == 1 and (self._provider or findings[0].sure):
            return findings
        if is_one(findings):
            names = {providers.about(finding.provider).name: [finding] for finding in findings}
            return names[self._pick(say(_MAY_BE), list(names))]
        offered = {
            f"{number} · {providers.about(one.provider).name}: {say(one.what)}": [one]
            for number, one in enumerate(findings, 1)
        }
        sure = [one for one in findings if one.sure or self._provider]
        if len(sure) > 1 and not self._form.replaces:
            offered[say(_("All of them ({count})"), count=len(sure))] = sure
        return offered[self._pick(say(_SEVERAL), list(offered))]

    def _after_misreading(self, error: _Trouble, pasted: str) -> Finding | None:
        """Explain why the text was not read. Returns another way to add it, or None to ask again."""
        reason, page = self._explain(error), no_usage.page_in(self._message(error))
        other = None if self._form.replaces else self._other_finding(pasted)
        to_page = say(_("Open {page}"), page=page) if page else ""
        as_other = ""
        if other is not None:
            as_other = say(_("Add it as {provider}"), provider=providers.about(other.provider).name)
        again = say(_TYPE_AGAIN) if self._provider else ""
        choices = (as_other, to_page, again, say(_USE_CLIPBOARD))
        choice = self._pick(reason, list(filter(None, choices)))
        if choice == to_page:
            browser.show(page)
            raise dialogs.Cancelled
        self._reason = reason
        if choice == as_other:
            return other
        self._clipboard = choice != again
        return None

    def _other_finding(self, pasted: str) -> Finding | None:
        """Find a credential of another provider in the pasted text."""
        with suppress(Mistake, UsageError):
            findings = recognise.recognise(pasted, utc_now())
            return next((f for f in findings if f.provider != self._provider and f.sure), None)
        return None

    def _confirm(self, finding: Finding, size: int) -> None:
        """Show what was recognised before anything is sent; ↩ goes on."""
        about = providers.about(finding.provider)
        is_of_site = finding.region in about.regions
        region = f", {names.called(names.REGIONS, finding.region)}" if is_of_site else ""
        places = {"credential": say(finding.what), "region": region, "provider": about.name}
        prompt = say(_SEEN, count=size, **places)
        if finding.note:
            prompt = f"{prompt}\n{say(finding.note)}"
        title = say(_TITLE, title=about.name)
        buttons = (say(_CANCEL), say(_GO_ON))
        if self._form.replaces or self._label:
            dialogs.confirm(prompt, title, buttons)
            return
        prompt = f"{prompt}\n\n{say(_('Name of the account:'))}"
        self._label = _name(prompt, title, about.short, buttons)

    def _check_and_store(self, finding: Finding) -> Added | None:
        """Check and store, as often as the user retries; None to ask for another credential."""
        check, replaces = True, self._form.replaces
        while True:
            try:
                return adding.add(self._new_account(finding, check, replaces))
            except (Mistake, UsageError, CheckFailed) as error:
                if isinstance(error, CheckFailed):  # a session may have been exchanged
                    finding = replace(finding, credential=error.credential)
                    replaces = error.kept or replaces
                choice = self._after_failure(error, finding)
            if choice == say(_TYPE_AGAIN):
                self._clipboard = False
                self._provider, self._kept = finding.provider, replaces
                return None
            check = choice == say(_TRY_AGAIN) and check

    def _after_failure(self, error: _Trouble, finding: Finding) -> str:
        self._reason = self._explain(error)
        choices = [say(_TRY_AGAIN)]
        if finding.credential.kind != "none":
            choices.append(say(_TYPE_AGAIN))
        if isinstance(error, CheckFailed):
            choices.append(say(_("Save without checking")))
        return self._pick(self._reason, choices)

    def _new_account(
        self, finding: Finding, check: bool, replaces: Account | None
    ) -> adding.NewAccount:
        form = self._form
        as_ordered = form.provider in ("", finding.provider)
        return adding.NewAccount(
            finding,
            self._label,
            form.region if as_ordered else adding.AUTO,
            self._scope(finding),
            check,
            replaces,
        )

    def _explain(self, error: _Trouble) -> str:
        return say(self._message(error))

    def _message(self, error: _Trouble) -> Message:
        if isinstance(error, Mistake):
            return error.message
        if isinstance(error, UsageError):
            about = providers.about(self._provider) if self._provider else None
            return fetching.message(error, about)
        about, remark = providers.about(error.account.provider), error.remark
        message = fetching.message(error.error, about, error.account.region)
        return _("{first}; {next}", first=message, next=remark) if remark else message

    def _pick(self, prompt: str, choices: list[str]) -> str:
        buttons = (say(_CANCEL), say(_("Choose")))
        return dialogs.pick(prompt, self._title(), choices, buttons)


def _name(prompt: str, title: str, free: str, buttons: tuple[str, str]) -> str:
    """Ask for the account's name until it is no credential. Raises dialogs.Cancelled."""
    shown = prompt
    while True:
        name = dialogs.line(shown, title, free, buttons)
        try:
            label.check(name)
        except Mistake as error:
            shown = f"{say(error.message)}\n\n{prompt}"
        else:
            return name


def _clear(pasted: str) -> None:
    """Empty the clipboard if it still holds what was read from it."""
    with suppress(Mistake):
        if clipboard.paste() == pasted:
            clipboard.copy("")
