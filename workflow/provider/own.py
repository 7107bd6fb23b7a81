"""The user's own providers, which are declared in files (own_files.py): requests and reading of answers.

Such a file is a provider like any other. Its key is sent only to the address that the file named when the
account was added; if the file names another host later, nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..errors import Mistake, UnexpectedResponse
from ..i18n.message import Message, _
from ..models import Account, Balance, Credential, Quota, Usage
from ..records import dataclass
from ..storage import files
from . import address, derived, own_files, provenance
from .answer import Answer
from .contract import Client, Provider, vague
from .counts import allowance
from .declared import Declaration, DeclaredQuota, Fault, read
from .pointers import MISSING, value
from .reading import is_zero_time, moment, number, short
from .refusals import document

_MOVED: Message = _(
    "the file of {provider} names another host than the one its key was added for; nothing was sent; add the account again"
)
_NOT_OK: Message = _(
    "{provider} answered, but {pointer} does not have the value that the file requires"
)
_UNLIKE: Message = _(
    "{provider} does not answer as {file} says (HTTP {status}); correct the file, tankful provider check tests it"
)
_ALL_LOST: Message = _("{provider}: not in the answer: {pointers}; correct {file}")
TAKEN: Message = _("the name belongs to a provider that Tankful has")
_LOST: Message = _("not in the answer: {pointers}; correct {file}")
_NO_NUMBER: Message = _("{provider}: {pointer} in the answer is not a number; correct the file")
_NO_TIME: Message = _("{provider}: {pointer} in the answer is not a time; correct the file")


@dataclass
class OwnProvider:
    """A provider that one file declares, in place of a module."""

    declaration: Declaration
    PROVIDER: Provider

    async def fetch(self, client: Client, account: Account, credential: Credential) -> Usage:
        """Fetch the usage from the address in the file. Raises UsageError."""
        if account.scope.get(address.SCOPE, self.declaration.origin) != self.declaration.origin:
            raise UnexpectedResponse(_MOVED)
        return parse(self.declaration, await send(self.declaration, client, credential.secret))


def load(id: str) -> OwnProvider:
    """Load the provider of an id from its file. Raises Fault."""
    try:
        content = files.read(own_files.path(id))
    except OSError:
        content = None
    if content is None:
        raise Fault(_("the file cannot be read"))
    return of(read(id, content))


def faults(known: Mapping[str, Provider]) -> Iterator[tuple[str, Message]]:
    """Yield the names of the files that cannot be used, each with the reason.

    Args:
        known: the built-in providers, whose names are taken.
    """
    for name in own_files.names():
        try:
            load(name)
        except Mistake as error:
            yield f"{name}{own_files.ENDING}", error.message
        else:
            if name in known:
                yield f"{name}{own_files.ENDING}", TAKEN


def of(declaration: Declaration) -> OwnProvider:
    """Make the provider of a declaration."""
    name = declaration.name
    about = Provider(
        id=declaration.id,
        name=name,
        short=name,
        kind="prepaid",
        needs=_("its key"),
        shows=_("what its file says"),
        keys={"": declaration.dashboard},
        dashboard={"": declaration.dashboard},
        shapes=(vague(r"[!-~]{4,400}", _("a key")),),
        match=f"{name} {declaration.id}",
        origin=declaration.origin,
    )
    return OwnProvider(declaration, about)


async def send(declaration: Declaration, client: Client, secret: str) -> Answer:
    """Send the request that the file declares. Raises UsageError."""
    headers = {declaration.header: declaration.value.replace("{key}", secret)}
    return await client.get(declaration.url, headers={**headers, "Accept": "application/json"})


def parse(declaration: Declaration, answer: Answer) -> Usage:
    """Read an answer as the file declares. Raises UsageError."""
    try:
        fields = document(answer)
    except UnexpectedResponse:
        raise _unlike(declaration, answer) from None
    for pointer, wanted in declaration.ok:
        plain = provenance.plain(value(fields, pointer))
        if plain != wanted or type(plain) is not type(wanted):
            raise UnexpectedResponse(_NOT_OK.filled(pointer=pointer))
    quotas = [_quota(each, fields, answer.at) for each in declaration.quotas]
    amounts = ((each, _number(fields, each.available)) for each in declaration.balances)
    balances = [
        Balance(left / each.divide, each.unit) for each, left in amounts if left is not None
    ]
    kept = tuple(each for each in quotas if each is not None)
    missing = _missing(declaration, fields)
    if not kept and not balances:
        if missing is None:
            raise _unlike(declaration, answer)
        raise UnexpectedResponse(_ALL_LOST.filled(**missing))
    plan = short(value(fields, declaration.plan)) if declaration.plan else None
    return Usage(
        kept, tuple(balances), plan=plan, notice=_LOST.filled(**missing) if missing else None
    )


def _unlike(declaration: Declaration, answer: Answer) -> UnexpectedResponse:
    file = f"{declaration.id}{own_files.ENDING}"
    return UnexpectedResponse(_UNLIKE.filled(file=file, status=answer.status))


def _missing(declaration: Declaration, fields: Any) -> dict[str, str] | None:
    """Name the file, and the pointers of numbers that lead nowhere, as one with a mistake does; a null is a value.

    A limit, a reset or a plan may be absent at times.
    """
    pointers: list[str] = []
    for quota in declaration.quotas:
        pointers += [quota.used, quota.remaining, quota.percent]
    pointers += [balance.available for balance in declaration.balances]
    lost = [each for each in dict.fromkeys(pointers) if each and value(fields, each) is MISSING]
    if not lost:
        return None
    return {"pointers": ", ".join(lost), "file": f"{declaration.id}{own_files.ENDING}"}


def _quota(declared: DeclaredQuota, fields: Any, at: datetime) -> Quota | None:
    used, limit, left = (
        None if amount is None else amount / declared.divide
        for pointer in (declared.used, declared.limit, declared.remaining)
        for amount in [_number(fields, pointer)]
    )
    if limit is not None and limit < 0:  # as many say that there is none
        limit = None
    percent = _number(fields, declared.percent)
    resets_at = _time(declared, fields, at)
    return allowance(
        declared.label,
        declared.unit,
        used=used,
        limit=limit,
        remaining=left,
        used_percent=percent,
        window=declared.window,
        resets_at=resets_at,
    )


def _number(fields: Any, pointer: str) -> Decimal | None:
    """Return the number at a pointer; None if it is missing. Raises UnexpectedResponse for another value."""
    field = value(fields, pointer) if pointer else MISSING
    if field is MISSING or field is None:
        return None
    amount = number(field)
    if amount is None:
        raise UnexpectedResponse(_NO_NUMBER.filled(pointer=pointer))
    return amount


def _time(declared: DeclaredQuota, fields: Any, at: datetime) -> datetime | None:
    field = value(fields, declared.resets_at) if declared.resets_at else MISSING
    if field is MISSING or field is None or field == "":
        return None
    reset, stamp = None, number(field)
    if declared.time == "iso8601":
        reset = moment(field) if stamp is None else None
        if reset is None and is_zero_time(field):
            return None
    elif stamp is not None and declared.time == "seconds_left":
        with suppress(OverflowError):
            reset = at + timedelta(seconds=float(stamp))
    elif stamp is not None:
        reset = moment(f"{stamp / 1000 if declared.time == 'unix_ms' else stamp:f}")
        if reset is None and not stamp:
            return None  # no reset is coming
    if reset is None:
        raise UnexpectedResponse(_NO_TIME.filled(pointer=declared.resets_at))
    return derived.moment(reset, field)
