"""What helps an account whose credential is refused or missing, in a shell and in a launcher."""

from __future__ import annotations

import re

from ..errors import (
    CredentialExpired,
    CredentialRejected,
    NoCredential,
    ProviderFailed,
    StoreLocked,
    UnexpectedResponse,
    Unreachable,
)
from ..i18n.catalog import say
from ..i18n.message import Message, _
from ..models import Account, Failure
from ..provider.contract import Provider
from ..settings import Settings
from . import names

_GENERAL = tuple(kind.default.id for kind in (NoCredential, CredentialRejected, CredentialExpired))
_REFUSED = "{provider} does not accept"  # begins messages that add nothing to the headline
_ECHOES = tuple(
    kind.default.id for kind in (ProviderFailed, StoreLocked, UnexpectedResponse, Unreachable)
)
_BLOCKED = "{provider} is blocked from this network"  # begins messages whose first clause echoes
_SITES = {
    "intl": _("perhaps a key of the international site"),
    "cn": _("perhaps a key of the China site"),
}
_WORD = re.compile(r"[\w.-]+")  # needs no quotes in a shell


def echoes(failure: Failure) -> bool:
    """Tell whether the first clause of a failure's message says no more than the name of its kind."""
    message = failure.message.id
    is_general = message in _ECHOES or message.startswith(_BLOCKED)
    return is_general or failure.kind == CredentialExpired.kind


def is_refusal(message: Message) -> bool:
    """Tell whether a message says no more than that the credential is not accepted."""
    return message.id.startswith(_REFUSED)


def other_site(account: Account, provider: Provider | None, failure: Failure | None) -> str:
    """Say at which other site a refused key may be valid; "" if there is no sign of that."""
    if provider is None or failure is None or not is_refusal(failure.message):
        return ""
    others = [each for each in provider.regions if each != account.region]
    if failure.kind != "credential_rejected" or account.region not in provider.regions:
        return ""
    return say(_SITES.get(others[0])) if len(others) == 1 else ""


def in_shell(
    account: Account,
    provider: Provider | None,
    failure: Failure | None,
    site: str,
    settings: Settings,
) -> tuple[str, str]:
    """Return the advice to replace a credential, in full and short; "" if the failure itself says what to do.

    ``site`` is what ``other_site`` says.
    """
    if provider is None or failure is None or account.kind == "none":
        return "", ""
    if not (failure.message.id in _GENERAL or is_refusal(failure.message)):
        return "", ""
    command = f"tankful replace {_name(account, settings)}"
    if site:
        region = next(each for each in provider.regions if each != account.region)
        return names.headed(site, f"{command} --region {region}"), ""
    short = say(_("replace it: {command}"), command=command)
    page = provider.keys_place(account.region)
    return say(_("{advice} (a new one: {page})"), advice=short, page=page), short


def _name(account: Account, settings: Settings) -> str:
    """Return an account's name for a shell: "glm/Work", or its id if that needs quotes or is private."""
    if settings.privacy or not _WORD.fullmatch(account.label):
        return account.id
    return f"{account.provider}/{account.label}"
