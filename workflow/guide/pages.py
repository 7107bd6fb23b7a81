"""The guide's pages as files, for Quick Look and the browser, written when first needed.

A page that this build has written is used without loading the guide.
"""

from __future__ import annotations

from ..i18n.catalog import current
from ..storage import files
from ..system import builds


def written(provider_id: str) -> str:
    """Return the path of a provider's page, of the whole guide's for ""; "" if it cannot be written."""
    page = path(provider_id)
    try:
        if _is_of_this_build(page):
            return page
        return compared(provider_id)
    except OSError:
        return ""


def compared(provider_id: str = "") -> str:
    """Return the path of a page; write it if the file differs.

    The page ends with the build that wrote it, so that later calls need not load the guide.
    Raises OSError if it cannot be written.
    """
    from . import guide  # imported late: a list whose pages exist does not need it

    content = guide.page(provider_id).encode() + builds.mark()
    page = path(provider_id)
    if files.read(page) != content:
        files.write(page, content, lasting=False)
    return page


def there(provider_id: str) -> str:
    """Return the path of a page that is up to date. Raises LookupError if it must be written first."""
    page = path(provider_id)
    try:
        fresh = _is_of_this_build(page)
    except OSError:
        fresh = False
    if not fresh:
        raise LookupError(page)
    return page


def path(provider_id: str) -> str:
    """Return the path of a page in the reader's language."""
    name = f"guide-{provider_id or 'all'}-{current().language}.html"
    return files.in_cache(name)


def _is_of_this_build(page: str) -> bool:
    mark = builds.mark()
    return bool(mark) and (files.read(page) or b"").endswith(mark)
