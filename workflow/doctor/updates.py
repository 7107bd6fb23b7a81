"""Look for a newer release on the project's release page.

It is the only request that goes to no provider. It is sent only when the user asks for it, without a
credential, and tells nothing about the user beyond what every request does.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from ..errors import UnexpectedResponse
from ..http.client import Client, Redirected
from ..i18n.message import Message, _

PAGE = "/releases"
LATEST = "/releases/latest"  # leads to the page of the newest one
HOPS = 4  # requests for one answer
PAGE_NAME: Message = _("the release page")
_TAG = re.compile(r"/releases/tag/v?(\d{1,6}(?:\.\d{1,6}){1,3})(?![\w.+-])")  # no pre-release
_NUMBER = re.compile(r"\d+(?:\.\d+)*")
_FAILED: Message = _(
    "{provider} answers with an error ({status}); try again later, or look there: {page}"
)
_UNCLEAR: Message = _("{provider} does not say which release is the newest; look there: {page}")
_ELSEWHERE: Message = _(
    "{provider} leads to another site ({host}), which was not asked; a login page of this network? Log in there and try again"
)


async def newest(client: Client, project: str) -> str | None:
    """Ask a project's public address for the version of its newest release; None while there is none.

    Raises UsageError.
    """
    address = project.rstrip("/") + LATEST
    for _hop in range(HOPS):
        try:
            answer = await client.get(address, headers={"Accept": "text/html"})
        except Redirected as error:
            address = _next(address, error.to)
            versions = _TAG.findall(address)
            if versions:
                return str(versions[0])
            continue
        if answer.status != 200:
            raise UnexpectedResponse(_FAILED.filled(status=answer.status, page=project + PAGE))
        versions = _TAG.findall(answer.body.decode("utf-8", "replace"))
        if versions:
            return str(max(versions, key=_parts))
        if urlsplit(address).path.endswith(PAGE):  # an empty list
            return None
        break
    raise UnexpectedResponse(_UNCLEAR.filled(page=project + PAGE))


def _next(address: str, to: str) -> str:
    """Return the address a redirect leads to. Raises UnexpectedResponse for another site."""
    here, there = urlsplit(address), urlsplit(urljoin(address, to))
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        raise UnexpectedResponse(_ELSEWHERE.filled(host=there.netloc[:60]))
    return there.geturl()


def verdict(own: str, newest: str | None, project: str) -> Message:
    """Compare the version of this Tankful with the newest release."""
    if newest is None:
        return _("There is no release yet; this is {own}.", own=own)
    if _parts(own) < _parts(newest):
        page = project + PAGE
        return _(
            "Tankful {newest} is out, this is {own}: {page}", newest=newest, own=own, page=page
        )
    if _parts(own) > _parts(newest):
        return _("This is {own}, newer than the last release ({newest}).", own=own, newest=newest)
    return _("Tankful {own} is the newest.", own=own)


def _parts(version: str) -> tuple[int, ...]:
    """Read the numbers of a version; zeros at its end do not count."""
    match = _NUMBER.match(version)
    parts = [int(part) for part in match[0].split(".")] if match else []
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)
