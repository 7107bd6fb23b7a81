"""Messages about a text without a suitable credential: the reason, the owner, and what to do next. No message
contains any part of the pasted text.
"""

from __future__ import annotations

import re

from ..i18n.message import Message, _, listed
from ..pasted import cleaning
from ..provider import discovery as providers
from ..provider import no_usage
from ..provider.contract import Provider
from . import other_services, owners

SHARED = _("several services use keys of this form, some of which Tankful does not support")
EXPIRED = _("this access token has already expired; copy a new one")
READ_ONLY = _(
    "a token of Codex: Tankful only reads it and never renews it; when it ends, import it again"
)
TOO_LONG: Message = _("this is more than 1 MB; copy only the credential")
EMPTY: Message = _("empty input; copy the credential and try again")
NOTHING: Message = _("no key that Tankful recognises; name the provider: tankful add PROVIDER")
SHORTENED: Message = _(
    "what was copied is shortened or masked (…); copy the whole value: in a "
    "browser's console right-click the object → Copy object, or run copy(…) "
    "around the value; a masked key cannot be recovered, so create a new one"
)
BROKEN: Message = _(
    "the credential is incomplete, or has a space or a foreign character inside; copy it again, whole"
)


_HEAD = re.compile(r"(?:[A-Za-z]+[-_])+|\[[^]]+]\{\d+}(?=\\.)")
_BEGUN = 8  # minimum characters of an incomplete key
_ODD: tuple[tuple[str, Message], ...] = (
    ("\t", _("a tab")),
    ("\xa0\u202f", _("a no-break space")),
    ("\u3000", _("a full-width space")),
    (cleaning.HYPHENS, _("a typographic hyphen")),
)


def odd(character: str) -> Message:
    """Make the message that a character does not belong in a key."""
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
    """Make the message that a pasted credential is not one of the service whose address is beside it."""
    about = owners.whose(host)[0]
    if not about:
        return other_services.message_beside(host)
    name = providers.about(about).name
    return _(
        "this was pasted with {host} ({name}), but is not one of its credentials; "
        "nothing was sent; if it belongs elsewhere, paste it alone",
        host=host,
        name=name,
    )


def stray(
    provider: str, what: Message, lacks: Message | None, wanted: Provider, *, sure: bool
) -> Message:
    """Make the message that a credential belongs to another provider, and how to add it there.

    Args:
        provider: the id of the provider that it belongs to.
        what: the kind of credential.
        lacks: what a credential of its form cannot do.
        wanted: the provider that the user named.
        sure: its form belongs to that provider alone.
    """
    about = providers.about(provider)
    kind = about.called or _("a credential of {provider}: {what}", provider=about.short, what=what)
    command = Message.quoted(f"tankful add {about.id}")
    if lacks:
        command = _("{command} ({lacks})", command=command, lacks=lacks)
    sentence = _("this looks like {what}; add it as {name}: {command}; {other} needs: {needs}")
    if sure:
        sentence = _("this is {what}; add it as {name}: {command}; {other} needs: {needs}")
    return sentence.filled(
        what=kind, name=about.name, command=command, other=wanted.short, needs=wanted.needs
    )


def unsupported(why: Message, wanted: Provider) -> Message:
    """Add what the wanted provider needs to a message that ends with the page of another vendor."""
    if no_usage.page_in(why) in ("", wanted.keys_pages()):
        return why
    return _("{why}; {other} needs: {needs}", why=why, other=wanted.short, needs=wanted.needs)


def malformed(wanted: Provider, pasted: str) -> Message:
    """Make the message that a text has no form of the wanted provider, or only the beginning of one."""
    if wanted.is_local:
        command = f"tankful add {wanted.id}"
        return _(
            "{name} needs no credential; add it: {command}", name=wanted.short, command=command
        )
    page = wanted.keys_pages()
    for shape in wanted.shapes:
        if _begins(shape.form, pasted.strip()):
            return _(
                "this begins like {what}, but part of it may be missing; copy it whole at {page}",
                what=shape.what,
                page=page,
            )
    forms = dict.fromkeys(shape.what for shape in wanted.shapes if shape.sure)
    needs = wanted.needs
    if len(forms) > 1:
        needs = _("{needs} (known: {forms})", needs=needs, forms=listed(forms))
    return _(
        "this does not look like a credential of {name}, which needs: {needs}; copy it at {page}",
        name=wanted.short,
        needs=needs,
        page=page,
    )


def _begins(form: str, pasted: str) -> bool:
    """Tell whether a text without spaces begins like a form: "sk-", or all before the first dot."""
    head = _HEAD.match(form)
    if head is None or len(pasted) < _BEGUN:
        return False
    rest = r"(?:\.\S*)?" if head[0].startswith("[") else r"\S*"
    return re.match(rf"{head[0]}{rest}\Z", pasted) is not None
