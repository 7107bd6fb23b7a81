"""The names of our own terms: kinds of failure and of credential, scopes, regions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..i18n.catalog import plain, say
from ..i18n.message import Message, _
from .numbers import closed_up

Names = Mapping[str, Message]
FAILURES: Names = {
    "no_credential": _("no credential"),
    "credential_rejected": _("credential refused"),
    "credential_expired": _("credential expired"),
    "wrong_credential": _("wrong kind of credential"),
    "not_available": _("no plan or balance"),
    "rate_limited": _("has to wait"),
    "blocked": _("blocked from this network"),
    "unreachable": _("no connection"),
    "provider_failed": _("provider error"),
    "unexpected_response": _("unexpected answer"),
    "store_locked": _("keychain locked"),
}
CREDENTIALS: Names = {
    "api_key": _("API key"),
    "access_token": _("access token"),
    "session": _("session cookie"),
    "none": _("none needed"),
}
SCOPES: Names = {
    "organization": _("Organization"),
    "project": _("Project"),
    "workspace": _("Workspace"),
    "user": _("User ID"),
    "kind": _("Kind"),
    "id": _("Key ID"),
    "address": _("Address"),
}
UNSET: Names = {"workspace": _("not set, the credential's own")}  # of scopes with another default
SITES: Names = {"intl": _("international"), "cn": _("China")}  # within a sentence
REGIONS: Names = {"intl": _("International"), "cn": _("China")}

_CLAUSE = re.compile("[;；]")
_ASIDE = re.compile(r"[;；，（]|, | \(")
_PROVIDER = _("the provider")
_POSSESSIVE = _("'s")  # behind a provider's name, left out with it


def unnamed(failure: Message) -> str:
    """Say a failure next to its account's name, without naming the provider again."""
    sentence, name = say(failure), plain(failure.param("provider"))
    if not name:
        return sentence
    rest = sentence.replace(name, say(_PROVIDER))
    if sentence.startswith(name):
        rest, behind = sentence[len(name) :].lstrip(" :："), say(_POSSESSIVE)
        rest = rest[len(behind) :].lstrip() if rest.startswith(behind) else rest
    return closed_up(rest)


def first_clause(sentence: str) -> str:
    """Return the first clause, which says what happened but not what to do."""
    return _CLAUSE.split(sentence, maxsplit=1)[0]


def after_first_clause(sentence: str) -> str:
    """Return the clauses after the first one, which say what to do; the whole sentence if it has only one."""
    return _CLAUSE.split(sentence, maxsplit=1)[-1].strip()


def gist(sentence: str) -> str:
    """Return the beginning of a sentence, without reasons and asides; "" if it has none."""
    begin = _ASIDE.split(sentence, maxsplit=1)[0]
    return "" if begin == sentence else begin


def last_clause(sentence: str) -> str:
    """Return the last clause, which says what to do; the whole sentence if it has only one."""
    return _CLAUSE.split(sentence)[-1].strip()


def headed(name: str, text: str) -> str:
    """Put a text behind the name of what it is about."""
    return say(_("{account}: {what}"), account=name, what=text)


def called(names: Names, word: str) -> str:
    """Return the name of a term; the term itself if only another version of Tankful knows it."""
    return say(names[word]) if word in names else plain(word)
