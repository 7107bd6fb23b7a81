"""The contract of a provider, and how one is found: by the name of its file.

A module in ``workflow/providers/`` says what it is (``PROVIDER``) and offers
``async fetch(client, account, credential) -> Usage``. Asking and reading are two functions:
``fetch`` sends the requests, ``parse…`` is pure. It raises the errors of errors.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import (
    Any,
    Dict,
    Literal,
    Mapping,
    MutableMapping,
    Optional,
    Pattern,
    Protocol,
    Tuple,
    runtime_checkable,
)

from ..errors import Mistake
from ..i18n.message import Message, _
from ..models import Account, Credential, Usage
from . import calls
from .answer import Answer

_SHOWN = 40  # characters of a mistaken value that are repeated
Kind = Literal["plan", "prepaid", "spend", "search"]
Way = Literal["page", "key", "clipboard", "console", "token", "cookie", "steps"]
KEY: Tuple[Way, ...] = ("page", "key", "clipboard")  # the ways of a plain key


class Client(Protocol):
    """What a provider asks through; the real one is client.Client."""

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Optional[Mapping[str, Any]] = None,
    ) -> Answer:
        """Ask once. Raises Unreachable, Blocked or UnexpectedResponse when no answer came."""

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        """Like ``get``, with a JSON body; only for calls that change nothing."""


@runtime_checkable
class Remembering(Protocol):
    """A client that keeps for a day what a provider puts into ``pages``, for this account alone."""

    pages: MutableMapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """What one kind of credential looks like.

    ``pattern`` is matched against the whole credential. A ``sure`` shape belongs to this provider
    and to no other; the rest may be somebody else's, so the user is asked.
    """

    pattern: Pattern[str]
    what: Message
    kind: str = "api_key"
    sure: bool = True
    region: str = ""  # where the form tells it
    marked: bool = (
        True  # of a sure one: it has a sign of its own, so that no address beside it matters
    )
    lacks: Optional[Message] = None  # what a credential of this form cannot do, and which one can


@dataclass(frozen=True)
class Lookalike:
    """A credential of the same vendor that tells nothing here: the user is told which one does."""

    pattern: Pattern[str]  # matched against the whole credential
    owner: str  # whose it is, as a name
    claims: Mapping[str, str] = field(default_factory=dict)  # of a JWT, what it says


@dataclass(frozen=True)
class Form:
    """What the value of a scope looks like."""

    what: Message
    pattern: Pattern[str]
    example: str


ORGANIZATION = Form(
    _("an organization ID"),
    re.compile(r"org-[\w-]{1,64}", re.ASCII),
    "org-AbC123",
)
PROJECT = Form(_("a project ID"), re.compile(r"proj_[\w-]{1,64}", re.ASCII), "proj_AbC123")


@dataclass(frozen=True)
class Provider:
    """What a provider is, without asking it anything."""

    id: str  # the name of its file, its icon and its test
    name: str
    short: str  # as rows begin with it
    kind: Kind  # what is asked: a plan, prepaid money, what was spent, a search service
    needs: Message  # which credential, in a few words
    shows: Message  # what is read with it, in a few words
    keys: Mapping[str, str]  # region -> page where the credential is made
    dashboard: Mapping[str, str]  # region -> page with the provider's own numbers
    shapes: Tuple[Shape, ...]
    regions: Tuple[str, ...] = ()  # () where there is only one; the first is the default
    scopes: Mapping[str, Message] = field(default_factory=dict)  # name -> what it is
    forms: Mapping[str, Form] = field(default_factory=dict)  # name -> its form, where one is known
    interval: int = 0  # seconds between two refreshes at the least
    match: str = ""  # more words a row is found by
    variables: Mapping[str, str] = field(default_factory=dict)  # that hold its key -> region or ""
    hosts: Mapping[str, str] = field(default_factory=dict)  # more domains of its own -> region
    steps: Tuple[Message, ...] = ()  # where the credential is found; ``{keys}`` is its page
    ways: Tuple[Way, ...] = KEY  # how a launcher takes the credential, a row for each
    console: str = ""  # for the way of that name: what copies it, run in the console of its page
    called: Optional[Message] = None  # what any of its credentials is called; else the form says it
    lookalikes: Tuple[Lookalike, ...] = ()
    mistaken_for: Tuple[str, ...] = ()  # ids of providers whose credentials are brought here

    def keys_page(self, region: str) -> str:
        """Where a credential of this region is made."""
        return self.keys.get(region) or next(iter(self.keys.values()))

    def dashboard_page(self, region: str) -> str:
        """Where the provider shows its own numbers."""
        return self.dashboard.get(region) or next(iter(self.dashboard.values()))


def scope_value(provider: Provider, name: str, told: str) -> str:
    """The value of a scope as it is kept. Raises Mistake, with an example, for one of another form."""
    value, form = told.strip(), provider.forms.get(name)
    if form is None or form.pattern.fullmatch(value):
        return value
    shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    raise Mistake(
        _(
            "{provider}: {name} takes {what}, such as {example}, not {shown!r}",
            provider=provider.name,
            name=name,
            what=form.what,
            example=form.example,
            shown=shown,
        )
    )


class Module(Protocol):
    """A module in ``workflow/providers/``."""

    PROVIDER: Provider

    async def fetch(self, client: Client, account: Account, credential: Credential) -> Usage:
        """Ask the provider. Raises UsageError."""


def bare(secret: str) -> Dict[str, str]:
    """The same with the key alone, without the word Bearer."""
    return {**calls.bearer(secret), "Authorization": secret}


def lookalike(pattern: str, owner: str, **claims: str) -> Lookalike:
    """A Lookalike from its parts."""
    return Lookalike(re.compile(pattern, re.ASCII), owner, claims)


def shape(pattern: str, what: Message, **more: Any) -> Shape:
    """A Shape from its parts."""
    return Shape(re.compile(pattern, re.ASCII), what, **more)
