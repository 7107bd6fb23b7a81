"""Recognises credentials of services that Tankful does not support, and makes the messages about them.

Services that offer no numbers to a key are in ``provider.no_usage``. Some credentials resemble a supported one (an
OpenAI dashboard session, a sign-in token of MiniMax Code); then the message says which one is needed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from ..chatgpt import token
from ..i18n.message import Message, _
from ..provider import discovery as providers
from ..provider import no_usage
from ..provider.contract import Lookalike

_LONGEST = 4096  # characters
_FORMS: tuple[tuple[str, str], ...] = (  # form, vendor
    (r"wk-(\d\.)?[\w-]{16,}", "Warp"),
    (r"jina_[\w-]{16,}", "Jina"),
    (r"cpk_[\w.-]{16,}", "Chutes"),
    (r"nvapi-[\w-]{16,}", "NVIDIA"),
    (r"csk-[\w-]{16,}", "Cerebras"),
    (r"hf_\w{16,}", "Hugging Face"),
    (r"bce-v3/[\w/-]{16,}", "Baidu Qianfan"),
    (r"AKLT[\w=]{16,}", "Volcengine"),
    (r"AKID\w{16,}", "Tencent Cloud"),
    (r"LTAI\w{12,}", "Alibaba Cloud"),
    (r"(?:gh[opurs]_|github_pat_)[\w-]{8,}", "GitHub"),
)
_NAMES = {  # beginnings of variables, for services whose keys have no special form
    "LITELLM": "LiteLLM",
    "NEWAPI": "New API",
    "ONEAPI": "One API",
}
_HOST = re.compile(
    r"(?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,12}|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]{2,45}\]"
)
_STRANGERS = tuple((re.compile(form, re.ASCII), owner) for form, owner in _FORMS)


def message(texts: Iterable[str]) -> Message | None:
    """Return the message about the first word that is a credential of another service; None without one."""
    for word in texts:
        if len(word) > _LONGEST:
            continue
        owner, ours = _owner(word)
        if owner:
            return _unsupported(owner, ours)
        service = no_usage.of_key(word)
        if service is not None:
            return service.message_of_key()
    return None


def message_of_variable(variable: str) -> Message | None:
    """Return the message about the key in a variable of this name; None if the name shows no vendor."""
    service = no_usage.of_variable(variable)
    if service is not None:
        return service.message_of_key()
    beginning = variable.partition("_")[0] if "_" in variable else ""
    owner = _NAMES.get(beginning, "")
    return _unsupported(owner, "") if owner else None


def message_beside(host: str) -> Message:
    """Return the message about a credential that is used with this address."""
    return _(
        "this is a key used with {host}, which Tankful does not support; nothing was "
        "sent; if it belongs elsewhere, paste the key alone",
        host=shown(host),
    )


def shown(host: str) -> Message:
    """Return a host in a form that is safe to show; a host that a key may be glued to is not named."""
    pieces = re.split(r"[.-]", host)
    is_glued = any(len(one) > 13 and sum(map(str.isdigit, one)) > 1 for one in pieces)
    if len(host) > 80 or is_glued or not _HOST.fullmatch(host):
        return _("another address")
    return Message.quoted(host)


def message_of_session(host: str) -> Message:
    """Return the message about a session of another site."""
    return _(
        "this is a session of {host}, not of chatgpt.com; nothing was sent; copy the cookies of https://chatgpt.com",
        host=shown(host),
    )


@functools.lru_cache(maxsize=1)
def _lookalikes() -> tuple[tuple[Lookalike, str], ...]:
    known = providers.everything().values()
    return tuple((one, about.id) for about in known for one in about.lookalikes)


def _owner(word: str) -> tuple[str, str]:
    """Return the vendor of a word, and the provider that it resembles; "" for either if there is none."""
    for one, ours in _lookalikes():
        if one.fits(word) and one.claims.items() <= token.claims(word).items():
            return one.owner, ours
    return next((owner for form, owner in _STRANGERS if form.fullmatch(word)), ""), ""


def _unsupported(owner: str, ours: str) -> Message:
    if not ours:
        return _("this is a credential of {owner}, which Tankful does not support", owner=owner)
    about = providers.about(ours)
    page = about.keys_pages()
    return _(
        "this is a credential of {owner}, which cannot read API usage; {provider} "
        "needs: {needs}; get one at {page}",
        owner=owner,
        provider=about.name,
        needs=about.needs,
        page=page,
    )
