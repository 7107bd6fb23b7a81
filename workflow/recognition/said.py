"""What is said when a text holds no credential that fits: why, whose it is, and what to do next. No
sentence has any part of what was pasted.
"""

from __future__ import annotations

from typing import Optional, Tuple

from ..i18n.message import Message, _, listed
from ..pasted import cleaning
from ..provider import discovery as providers
from ..provider.contract import Provider
from . import other_services, owners

SHARED = _("keys of DeepSeek, SiliconFlow and others look the same; Tankful does not cover those")
EXPIRED = _("this access token has already expired; copy a fresh one")
READ_ONLY = _(
    "a token of Codex: Tankful only reads it and never renews it; when it ends, import it again"
)
TOO_LONG: Message = _("this is more than 1 MB; copy only the credential")
EMPTY: Message = _("nothing was pasted; copy the credential and try again")
NOTHING: Message = _(
    "no credential that Tankful knows is in it; choose the provider and paste its key: tankful add PROVIDER"
)
SHORTENED: Message = _(
    "what was copied is shortened or masked (…); copy the whole value: in a browser's console right-click the object → Copy object, or run copy(…) around the value; a masked key has to be made anew"
)
BROKEN: Message = _(
    "the credential is incomplete, or has a space or a foreign character inside; copy it again, whole"
)


_ODD: Tuple[Tuple[str, Message], ...] = (
    ("\t", _("a tab")),
    ("\xa0\u202f", _("a no-break space")),
    ("\u3000", _("a full-width space")),
    (cleaning.HYPHENS, _("a typographic hyphen")),
)


def odd(character: str) -> Message:
    """Say that a character has no place in a key."""
    code = f"U+{ord(character):04X}"
    return _(
        "there is {character} ({code}) inside the credential; copy it again, or take that character out",
        character=_called(character),
        code=code,
    )


def _called(character: str) -> Message:
    for among, name in _ODD:
        if character in among:
            return name
    if character.isspace():
        return _("an unusual space")
    if 0xFF00 < ord(character) < 0xFF5F:
        return _("a full-width character")
    return _("a foreign letter") if character.isalpha() else _("a foreign character")


def beside(host: str) -> Message:
    """Say that what was pasted is no credential of the service whose address stands beside it."""
    about = owners.whose(host)[0]
    if not about:
        return other_services.said_beside(host)
    name = providers.about(about).name
    return _(
        "this stands beside {host}, which is {name}'s, but is no credential of it; nothing was sent; if it belongs elsewhere, paste it alone",
        host=host,
        name=name,
    )


def stray(
    provider: str, what: Message, lacks: Optional[Message], wanted: Provider, *, sure: bool
) -> Message:
    """Say that a credential belongs to another provider, and how it is added there.

    Args:
        provider: the id of the one it belongs to.
        what: which credential it is. lacks: what one of that form cannot do.
        sure: its form is nobody else's.
    """
    about = providers.about(provider)
    kind = about.called or _("a credential of {provider}: {what}", provider=about.name, what=what)
    command = Message.quoted(f"tankful add {about.id}")
    if lacks:
        command = _("{command} ({lacks})", command=command, lacks=lacks)
    sentence = _("this looks like {what}; add it as {name}: {command}; {other} needs: {needs}")
    if sure:
        sentence = _("this is {what}; add it as {name}: {command}; {other} needs: {needs}")
    return sentence.filled(
        what=kind, name=about.name, command=command, other=wanted.name, needs=wanted.needs
    )


def malformed(wanted: Provider) -> Message:
    """Say that nothing has a form of the wanted provider."""
    sure = [shape for shape in wanted.shapes if shape.sure]
    forms = dict.fromkeys(shape.what for shape in sure or wanted.shapes)
    page = wanted.keys_page("")
    return _(
        "this is not well-formed for {name}, which needs: {needs} (known: {forms}); copy it at {page}",
        name=wanted.name,
        needs=wanted.needs,
        forms=listed(forms),
        page=page,
    )
