"""The contract of a provider, which is a module in ``workflow/providers/``.

The module describes itself in ``PROVIDER``. Its ``async fetch(client, account, credential) -> Usage`` sends
the requests and raises the errors of errors.py; its ``parse…`` functions are pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from functools import cached_property
from re import Pattern
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from ..errors import WrongUsage
from ..i18n import catalog
from ..i18n.message import Message, _
from ..records import dataclass, field
from . import address

if TYPE_CHECKING:
    from ..models import Account, Credential, CredentialKind, Usage
    from .answer import Answer

_SHORT = 15  # characters of a wrong value that a message repeats whole; a longer one may be a key
_EXCERPT = 8  # characters of a longer one
_T = TypeVar("_T")
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # the form of many keys
_LITERAL = re.compile(r"[\w-]*(?![*+?{])", re.ASCII)  # the fixed beginning of a form
Kind = Literal["plan", "prepaid", "spend", "search"]
Way = Literal["page", "key", "clipboard", "console", "token", "cookie", "steps"]
KEY: tuple[Way, ...] = ("page", "key", "clipboard")  # the ways to take a plain key


class Client(Protocol):
    """The HTTP client that a provider uses; http.client.Client implements it."""

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
    ) -> Answer:
        """Send a GET request. Raises Unreachable, Blocked or UnexpectedResponse if no answer came."""

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        """Send a POST request with a JSON body, for calls that change nothing. Raises as ``get`` does."""


def kept_pages(client: Client) -> MutableMapping[str, Any]:
    """Return what the client keeps for the account; what a provider puts there is kept for a day.

    An empty mapping for a client that keeps nothing.
    """
    pages: MutableMapping[str, Any] = getattr(client, "pages", {})
    return pages


class _Formed:
    """A class with a ``form``: an ASCII regular expression, compiled when it is first needed."""

    form: str  # matched against the whole text

    @cached_property
    def beginning(self) -> str:
        """The characters that every text of this form begins with; "" if they vary."""
        return "" if "|" in self.form else _LITERAL.match(self.form)[0]  # type: ignore[index]

    @cached_property
    def pattern(self) -> Pattern[str]:
        """The compiled form."""
        return re.compile(self.form, re.ASCII)

    def fits(self, text: str) -> bool:
        """Tell whether the whole text has this form."""
        return text.startswith(self.beginning) and self.pattern.fullmatch(text) is not None


@dataclass(frozen=True)
class Shape(_Formed):
    """The form of one kind of credential.

    A ``sure`` shape belongs to this provider alone. Any other may also be another provider's, so the user
    is asked. One that is not ``telling`` fits nearly any key: it counts only if the user, a variable or an
    address names the provider.
    """

    form: str
    what: Message
    kind: CredentialKind = "api_key"
    sure: bool = True
    region: str = ""  # if the form shows it
    marked: bool = True  # of a sure one: unmistakable, so that an address beside it is ignored
    lacks: Message | None = None  # what a credential of this form cannot do, and which one can
    telling: bool = True


@dataclass(frozen=True)
class Lookalike(_Formed):
    """A credential of the same vendor that is useless here; a message names the right one."""

    form: str
    owner: str  # the name of the product that it belongs to
    claims: Mapping[str, str] = field(default_factory=dict)  # that a JWT must have


@dataclass(frozen=True)
class Form(_Formed):
    """The form of a scope's value."""

    what: Message
    form: str
    example: str


LOG_IN = _("Open {keys} and log in.")
CREATE_KEY = _("Create an API key and copy it while it is shown.")
STEPS = (LOG_IN, CREATE_KEY)  # to an ordinary key
ORGANIZATION = Form(_("an organization ID"), r"org-[\w-]{1,64}", "org-AbC123")
OWN_PAGE: Message = _("your relay's own page")
PROJECT = Form(_("a project ID"), r"proj_[\w-]{1,64}", "proj_AbC123")


@dataclass(frozen=True)
class RateLimit:
    """The rate at which a vendor may be asked for numbers: ``requests`` per ``seconds``."""

    requests: int
    seconds: int
    of: Literal["key", "address"] = "key"  # the limit counts per key or per IP address


@dataclass(frozen=True)
class Provider:
    """The description of a provider."""

    id: str  # the name of its file, its icon and its test
    name: str
    short: str  # the name at the beginning of a row
    kind: Kind  # of the service: a plan, prepaid money, spend, search
    needs: Message  # the kind of credential, in a few words
    shows: Message  # the numbers that it gives, in a few words
    keys: Mapping[str, str]  # region -> page where the credential is made
    dashboard: Mapping[str, str]  # region -> page with the provider's own numbers
    shapes: tuple[Shape, ...]
    regions: tuple[str, ...] = ()  # () if there is only one; the first is the default
    scopes: Mapping[str, Message] = field(default_factory=dict)  # name -> description
    scope_regions: Mapping[str, str] = field(default_factory=dict)  # scope -> its only region
    kinds: Mapping[str, str] = field(default_factory=dict)  # value of the scope "kind" -> its name
    forms: Mapping[str, Form] = field(default_factory=dict)  # scope -> its form, if one is known
    interval: int = 0  # minimum seconds between two refreshes
    rate_limit: RateLimit | None = None
    beside: tuple[str, ...] = ()  # paths of pages that need not be fetched each time
    match: str = ""  # more search words of its row
    aliases: tuple[str, ...] = ()  # more names that a command takes, such as Chinese ones
    variables: Mapping[str, str] = field(default_factory=dict)  # that hold its key -> region or ""
    hosts: Mapping[str, str] = field(default_factory=dict)  # more domains of its own -> region
    steps: tuple[Message, ...] = STEPS  # how to get the credential; ``{keys}`` is its page
    ways: tuple[Way, ...] = KEY  # how a launcher takes the credential, a row for each
    console: str = ""  # for the way "console": a script for the page's console, which copies it
    called: Message | None = None  # the name of all its credentials; None: the form has a name
    lookalikes: tuple[Lookalike, ...] = ()
    mistaken_for: tuple[str, ...] = ()  # ids of providers whose credentials users bring here
    letters: str = ""  # two letters for its icon, if it has no logo here
    folders: Mapping[str, str] = field(default_factory=dict)  # see ``is_local``
    origin: str = ""  # of a user's own provider: the only origin that its keys are sent to
    is_prominent: bool = False  # has its own line in the README, and an account in the demo

    @property
    def sites(self) -> tuple[str, ...]:
        """The regions, that of the reader's country first."""
        is_chinese = catalog.current().language == "zh"
        return tuple(sorted(self.regions, key=lambda region: (region == "cn") != is_chinese))

    def keys_page(self, region: str) -> str:
        """Return the page that makes credentials of this region, by default of the reader's country."""
        return regional(self.keys, region or next(iter(self.sites), ""))

    def keys_place(self, region: str) -> Message | str:
        """Return where a new credential of an account is made: the page, which a relay has itself."""
        return OWN_PAGE if self.has_address else self.keys_page(region)

    def keys_pages(self, region: str = "") -> Message | str:
        """Return the place of this region, or the pages of both sites if no region is given."""
        if region in self.keys or not {"intl", "cn"} <= set(self.keys):
            return self.keys_place(region)
        sites = {site: self.keys[site] for site in ("intl", "cn")}
        return _("{intl} (international) or {cn} (China)", **sites)

    def region_of(self, account: Account) -> str:
        """Return the region of an account, "" for a key that belongs to none of them."""
        return account.region if account.region in self.regions else ""

    def dashboard_page(self, region: str) -> str:
        """Return the page where the provider shows its own numbers."""
        return regional(self.dashboard, region)

    def page_of(self, account: Account) -> str:
        """Return the page of an account's numbers: its own address if it has one, else the dashboard."""
        return account.scope.get(address.SCOPE) or self.dashboard_page(account.region)

    @property
    def is_local(self) -> bool:
        """Tell whether the numbers come from a program on this machine, so that no credential is needed.

        ``folders`` maps the variable that names the program's folder to the default in the user's home.
        """
        return bool(self.folders)

    @property
    def is_at_an_address(self) -> bool:
        """Tell whether the user gives its address, in a file or for each account."""
        return self.has_address or bool(self.origin)

    @property
    def has_address(self) -> bool:
        """Tell whether each account has an address that the user gives."""
        return address.SCOPE in self.scopes


def regional(values: Mapping[str, _T], region: str) -> _T:
    """Return the value of a region, or that of the default region, which comes first."""
    return values[region] if region in values else next(iter(values.values()))


def scope_value(provider: Provider, name: str, text: str) -> str:
    """Check the value of a scope and strip it. Raises Mistake, with an example, if the form is wrong."""
    if name == address.SCOPE:
        return address.normalised(text)
    value, form = text.strip(), provider.forms.get(name)
    if form is None or form.fits(value):
        return value
    excerpt = value if len(value) <= _SHORT else f"{value[:_EXCERPT]}…"
    raise WrongUsage(
        _(
            "{provider}: {name} takes {what}, such as {example}, not {shown!r}",
            provider=provider.name,
            name=name,
            what=form.what,
            example=form.example,
            shown=excerpt,
        )
    )


class Module(Protocol):
    """A module in ``workflow/providers/``."""

    PROVIDER: Provider

    async def fetch(self, client: Client, account: Account, credential: Credential) -> Usage:
        """Fetch the usage of an account. Raises UsageError."""


def lookalike(pattern: str, owner: str, **claims: str) -> Lookalike:
    """Make a Lookalike."""
    return Lookalike(pattern, owner, claims)


def shape(pattern: str, what: Message, **more: Any) -> Shape:
    """Make a Shape."""
    return Shape(pattern, what, **more)


def vague(pattern: str, what: Message) -> Shape:
    """Make the Shape of keys without a form of their own, which fits nearly any key."""
    return Shape(pattern, what, sure=False, telling=False)
