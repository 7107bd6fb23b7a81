"""The conversation that takes a credential: ask, recognise, check, store; ask again when it fails.

What was typed or read from the clipboard stays in this process until it is stored or the user
cancels. The clipboard is read once, after the user chose so, and cleared when the secret is stored.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Callable, Dict, List, Mapping, Optional, Tuple, Union

from ..display import privacy
from ..errors import Mistake, UsageError
from ..i18n.alfred_messages import say
from ..i18n.catalog import say as in_language
from ..i18n.message import _
from ..models import Account, utc_now
from ..provider import discovery as providers
from ..recognition import recognise
from ..recognition.finding import Finding, choices, is_one
from ..refresh import fetch as fetching
from ..settings import Settings
from ..system import clipboard, dialogs
from . import add as adding
from .add import Enrolled

_Trouble = Union[Mistake, UsageError, adding.CheckFailed]


@dataclass(frozen=True)
class Order:
    """What is known before the credential is asked for."""

    provider: str = ""  # "": found out, or asked
    label: str = ""  # "": the provider's short name
    region: str = adding.AUTO
    scope: Mapping[str, str] = field(default_factory=dict)
    replaces: Optional[Account] = None
    from_clipboard: bool = False
    found: Optional[Finding] = None  # a credential that needs not be asked for


def take_in(order: Order, settings: Settings) -> Tuple[Enrolled, ...]:
    """Take a credential in, or several of one text.

    Raises dialog.Cancelled when nothing was taken, or Mistake where nothing can be asked.
    """
    if order.replaces is not None:
        order = Order(
            order.replaces.provider, "", adding.AUTO, {}, order.replaces, order.from_clipboard
        )
    conversation = _Conversation(order, settings)
    while True:
        done = conversation.turn()
        if done:
            return done


class _Conversation:
    def __init__(self, order: Order, settings: Settings) -> None:
        self._order = order
        self._settings = settings
        self._provider = order.provider
        self._label = order.label
        self._clipboard = order.from_clipboard
        self._reason = ""
        self._found = order.found
        self._kept = order.replaces  # what a credential that is typed again replaces

    def turn(self) -> Tuple[Enrolled, ...]:
        """What was pasted from its asking to its end; () when something else is to be asked for."""
        self._order = replace(self._order, replaces=self._kept)
        if self._found is not None:
            found, self._found = self._found, None
            self._provider = found.provider
            return self._one(found)
        pasted = self._pasted()
        try:
            findings = self._findings(pasted)
        except (Mistake, UsageError) as error:
            other = self._after_misreading(error, pasted)
            if other is None:
                return ()
            findings = [other]
        if self._clipboard and len(findings) == 1:
            self._confirm(findings[0], len(pasted.strip()))
        done = self._one(findings[0]) if len(findings) == 1 else self._each(findings)
        if done and self._clipboard:
            _clear(pasted)
        return done

    def _one(self, finding: Finding) -> Tuple[Enrolled, ...]:
        done = self._enrolled(finding)
        return () if done is None else (done,)

    def _each(self, findings: List[Finding]) -> Tuple[Enrolled, ...]:
        """All of them, as the user chose; one that is given up does not undo the others."""
        done: List[Enrolled] = []
        for finding in findings:
            try:
                done += self._one(finding)
            except dialogs.Cancelled:
                if not done:
                    raise
        return tuple(done)

    def _pasted(self) -> str:
        if not self._clipboard:
            if not self._provider:
                self._pick_provider()
            if not self._clipboard:
                reply = dialogs.secret(self._prompt(), self._title(), self._buttons())
                if reply.button != self._say("use_clipboard"):
                    return reply.text
        self._clipboard = True
        return clipboard.paste()

    def _pick_provider(self) -> None:
        """Which provider, where nobody has asked yet."""
        names = {about.name: about.id for about in providers.everything().values()}
        taken = self._say("use_clipboard")
        told = self._pick(self._say("ask_which"), [taken, *names])
        self._clipboard = told == taken
        self._provider = names.get(told, "")

    def _prompt(self) -> str:
        about = providers.about(self._provider)
        region = self._order.region if self._order.region in about.regions else ""
        account = self._order.replaces
        page = about.keys_page(account.region if account else region)
        needs = in_language(about.needs, self._settings.language)
        asked = self._say("ask", needs, self._name(), page)
        return self._say("ask_why", self._reason, asked) if self._reason else asked

    def _name(self) -> str:
        about, account = providers.about(self._provider), self._order.replaces
        return privacy.name(account, about.short, self._settings) if account else about.name

    def _title(self) -> str:
        return self._say("ask_title", self._name() if self._provider else self._say("add"))

    def _buttons(self) -> Tuple[str, str, str]:
        return self._say("cancel"), self._say("use_clipboard"), self._say("go_on")

    def _findings(self, pasted: str) -> List[Finding]:
        """The credential in what was pasted; of several what the user chooses."""
        if self._provider:
            found = list(recognise.read_all(pasted, self._provider, utc_now()))
        else:
            found = choices(recognise.recognise(pasted, utc_now()))
        if len(found) == 1:
            return found
        if is_one(found):
            names = {providers.about(finding.provider).name: [finding] for finding in found}
            return names[self._pick(self._say("ask_may_be"), list(names))]
        language = self._settings.language
        offered = {
            f"{number} · {providers.about(one.provider).name}: {in_language(one.what, language)}": [
                one
            ]
            for number, one in enumerate(found, 1)
        }
        sure = [one for one in found if one.sure or self._provider]
        if len(sure) > 1 and not self._order.replaces:
            offered[self._say("take_all", len(sure))] = sure
        return offered[self._pick(self._say("ask_several"), list(offered))]

    def _after_misreading(self, error: _Trouble, pasted: str) -> Optional[Finding]:
        """What else it can be added as, or None to ask again."""
        reason = self._because(error)
        other = None if self._order.replaces else self._stranger(pasted)
        choices: Dict[str, Callable[[], None]] = {}
        as_other = ""
        if other is not None:
            as_other = self._say("add_as", providers.about(other.provider).name)
            choices[as_other] = lambda: None
        if self._provider:
            choices[self._say("type_again")] = self._type_next
        choices[self._say("use_clipboard")] = self._read_next
        told = self._pick(reason, list(choices))
        choices[told]()
        self._reason = reason
        return other if told == as_other else None

    def _stranger(self, pasted: str) -> Optional[Finding]:
        """A credential of another provider in what was pasted."""
        with suppress(Mistake, UsageError):
            found = recognise.recognise(pasted, utc_now())
            return next((f for f in found if f.provider != self._provider and f.sure), None)
        return None

    def _confirm(self, finding: Finding, size: int) -> None:
        """Show what was recognised, before anything is sent; ↩ goes on."""
        language = self._settings.language
        about = providers.about(finding.provider)
        region = f", {_region(finding.region, language)}" if finding.region else ""
        what = in_language(finding.what, language)
        prompt = self._say("seen", what, region, size, about.name)
        if finding.note:
            prompt = f"{prompt}\n{in_language(finding.note, language)}"
        title = self._say("ask_title", about.name)
        buttons = (self._say("cancel"), self._say("go_on"))
        if self._order.replaces or self._label:
            dialogs.confirm(prompt, title, buttons)
            return
        prompt = f"{prompt}\n\n{self._say('seen_label')}"
        self._label = dialogs.line(prompt, title, about.short, buttons)

    def _enrolled(self, finding: Finding) -> Optional[Enrolled]:
        """Check and store, as often as the user wants; None to ask for another credential."""
        check, replaces = True, self._order.replaces
        while True:
            try:
                return adding.enrol(self._wish(finding, check, replaces))
            except (Mistake, UsageError, adding.CheckFailed) as error:
                if isinstance(error, adding.CheckFailed):  # a session may have been exchanged
                    finding = replace(finding, credential=error.credential)
                    replaces = error.kept or replaces
                told = self._after_failure(error)
            if told == self._say("type_again"):
                self._type_next()
                self._provider, self._kept = finding.provider, replaces
                return None
            check = told == self._say("try_again") and check

    def _after_failure(self, error: _Trouble) -> str:
        self._reason = self._because(error)
        choices = [self._say("try_again"), self._say("type_again")]
        if isinstance(error, adding.CheckFailed):
            choices.append(self._say("save_anyway"))
        return self._pick(self._reason, choices)

    def _wish(self, finding: Finding, check: bool, replaces: Optional[Account]) -> adding.Wish:
        order = self._order
        about = providers.about(finding.provider)
        as_ordered = order.provider in ("", finding.provider)
        return adding.Wish(
            finding,
            self._label,
            order.region if as_ordered else adding.AUTO,
            {name: value for name, value in order.scope.items() if name in about.scopes},
            check,
            replaces,
        )

    def _because(self, error: _Trouble) -> str:
        if isinstance(error, Mistake):
            said = error.message
        elif isinstance(error, adding.CheckFailed):
            about = providers.about(error.account.provider)
            said = fetching.message(error.error, about, error.account.region)
            remark = error.remark
            if remark is not None:
                said = _("{said}; {remark}", said=said, remark=remark)
        else:
            said = fetching.message(
                error, providers.about(self._provider) if self._provider else None
            )
        return in_language(said, self._settings.language)

    def _type_next(self) -> None:
        self._clipboard = False

    def _read_next(self) -> None:
        self._clipboard = True

    def _pick(self, prompt: str, choices: List[str]) -> str:
        buttons = (self._say("cancel"), self._say("choose"))
        return dialogs.pick(prompt, self._title(), choices, buttons)

    def _say(self, name: str, *parts: object) -> str:
        return say(name, self._settings.language, *parts)


def _region(region: str, language: str) -> str:
    from ..i18n.messages import say as word

    return word(f"region_{region}", language)


def _clear(pasted: str) -> None:
    """Empty the clipboard if it still holds what was read from it."""
    with suppress(Mistake):
        if clipboard.paste() == pasted:
            clipboard.copy("")
