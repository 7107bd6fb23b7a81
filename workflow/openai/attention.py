"""Selects the usage endpoints that are worth fetching now.

An endpoint is skipped if it was empty a short while ago. One with ``named`` lines is fetched only if something
was billed for it since its last pages. So this is remembered: the empty endpoints, the endpoints with new costs in
the last fetch, and for each of these its pages with the sum of its costs at that time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..provider.contract import Client, kept_pages
from ..provider.reading import entries, mapping
from .counters import COUNTERS, Counter, Pages, named

_ALWAYS = COUNTERS[0]  # without completions there are no sums


class Attention:
    """The results of earlier fetches, by endpoint.

    Args:
        client: the client of the account; nothing is remembered unless it keeps pages.
        project: the id of the project, "" for the whole organization.
    """

    def __init__(self, client: Client, project: str) -> None:
        self._kept = kept_pages(client)
        self._project = project
        self._billed: dict[Counter, str] = {}

    def first(self) -> list[Counter]:
        """List the endpoints to fetch in parallel with the costs: the usual ones, and those billed last time."""
        before = self._kept.get(self._key("named")) or ()
        return [each for each in COUNTERS if not (each.named and each.name not in before)]

    def after(self, costs: Pages, asked: Sequence[Counter]) -> list[Counter]:
        """List the endpoints with new costs that are not in ``asked``; next time they are in ``first``."""
        self._billed = named(costs)
        anew = [counter for counter in self._billed if not self._is_known(counter)]
        # an endpoint that was never fetched before may never be billed again
        self._kept[self._key("named")] = [each.name for each in anew if self._kept_page(each)]
        return [counter for counter in anew if counter not in asked]

    def is_idle(self, counter: Counter) -> bool:
        """Tell whether an endpoint was empty a short while ago."""
        return counter is not _ALWAYS and self._key(counter.name) in self._kept

    def known(self) -> dict[str, Pages]:
        """Return the cached pages of endpoints for which nothing new was billed."""
        known = (counter for counter in self._billed if self._is_known(counter))
        return {counter.name: self._kept_page(counter)["pages"] for counter in known}

    def keep(self, usage: Mapping[str, Pages | None]) -> None:
        """Remember which endpoints were empty, and the pages of those in the costs."""
        for name, pages in usage.items():
            if pages is not None and not any(map(_has_results, pages)):
                self._kept[self._key(name)] = None  # None is kept for half an hour
            elif pages:
                self._kept.pop(self._key(name), None)
        for counter, amount in self._billed.items():
            pages = usage.get(counter.name)
            is_new = pages is not self._kept_page(counter).get("pages")
            if pages and is_new and self._key(counter.name) not in self._kept:
                self._kept[self._page(counter)] = {"billed": amount, "pages": list(pages)}

    def _is_known(self, counter: Counter) -> bool:
        page = self._kept_page(counter)
        return isinstance(page.get("pages"), list) and page.get("billed") == self._billed[counter]

    def _kept_page(self, counter: Counter) -> dict[str, Any]:
        return mapping(self._kept.get(self._page(counter)))

    def _page(self, counter: Counter) -> str:
        return self._key(f"page {counter.name}")

    def _key(self, name: str) -> str:
        return f"{name} {self._project}"


def _has_results(page: Mapping[str, object]) -> bool:
    """Tell whether a page has a result, or an unknown form."""
    days = page.get("data")
    return not isinstance(days, list) or any(
        not isinstance(day.get("results"), list) or day["results"] for day in entries(days)
    )
