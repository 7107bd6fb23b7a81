"""Codex on this Mac: the windows and credits of a ChatGPT plan, reported by Codex itself.

Codex is signed in already, so no secret is needed: ``codex app-server`` is started, asked for the account's limits by
standard input and output, and ended. Deep research, agent and images are known only to the ``chatgpt`` provider.
"""

from __future__ import annotations

import os

from ..codex import app_server, limits, program
from ..errors import (
    CredentialExpired,
    NoCredential,
    NotAvailable,
    ProviderFailed,
    UsageError,
    WrongCredential,
)
from ..i18n.message import Message, _
from ..models import Account, Credential, Usage, utc_now
from ..provider.contract import Client, Provider
from ..provider.reading import mapping

PROVIDER = Provider(
    id="codex",
    name="Codex CLI",
    short="Codex",
    kind="plan",
    needs=_("no key, only Codex on this machine, logged in with ChatGPT"),
    shows=_("5 hours, week and every other window, credits, spending limit, plan"),
    keys={"": "https://developers.openai.com/codex/cli"},
    dashboard={"": "https://chatgpt.com/codex/settings/usage"},
    shapes=(),
    interval=300,
    ways=(),
    match="codex openai chatgpt local 本机 本地",
    letters="CX",
    folders={"CODEX_HOME": ".codex"},
    steps=(
        _("Install Codex as {keys} says, run `codex` once and log in with ChatGPT."),
        _(
            "Add it; nothing is pasted and no secret is stored: Tankful asks `codex app-server`, and Codex asks OpenAI."
        ),
    ),
)
_MISSING: Message = _("Codex is not installed on this machine; install it: {keys}")
_LOGGED_OUT: Message = _("Codex is not logged in with ChatGPT; run codex login, and try again")
_ENDED: Message = _("Codex's login has ended; run codex login, and try again")
_WITH_A_KEY: Message = _(
    "Codex works with an API key, which has no plan; run codex login and choose ChatGPT, or add the key's account"
)
_NOT_SIGNED_IN = ("authentication required", "not logged in")  # in the message of a refusal
_SIGNED_OUT = ("401", "unauthorized", "expired", "revoked", "refresh token")


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask Codex for its limits. Raises UsageError."""
    path = program.find(os.environ)
    if path is None:
        raise NotAvailable(_MISSING)
    answers = await app_server.ask([path], program.surroundings(path, os.environ))
    return parse(answers)


def parse(answers: app_server.Answers) -> Usage:
    """Read Codex's answers. Raises UsageError."""
    person = mapping(answers.account)  # {} if an older version refuses to answer
    if mapping(person.get("account")).get("type") in ("apiKey", "api_key", "apikey"):
        raise WrongCredential(_WITH_A_KEY)
    if "account" in person and not person["account"]:
        raise NoCredential(_LOGGED_OUT)
    if isinstance(answers.limits, app_server.Refusal):
        raise _refused(answers.limits)
    return limits.parse(person, answers.limits, utc_now())


def _refused(refusal: app_server.Refusal) -> UsageError:
    if refusal.is_unknown:
        return NotAvailable(app_server.OLD)
    if any(sign in refusal.text for sign in _NOT_SIGNED_IN):
        return NoCredential(_LOGGED_OUT)
    if any(sign in refusal.text for sign in _SIGNED_OUT):
        return CredentialExpired(_ENDED)
    return ProviderFailed()
