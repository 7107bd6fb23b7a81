"""Caches pages about a plan, which change rarely: for a day, or until the plan changes."""

from __future__ import annotations

from collections.abc import Sequence

from .contract import Client, kept_pages
from .reading import Fields


class PlanPages:
    """The cached pages of an account, by name in ``pages``.

    Args:
        client: the client of the account; nothing is cached unless it keeps pages.
        names: of the pages.
        place: what the pages belong to besides the account, such as a workspace.
    """

    def __init__(self, client: Client, names: Sequence[str], place: str = "") -> None:
        self._all = kept_pages(client)
        self._keys = {name: f"{name} {place}" for name in (*names, "plan")}
        self._names = names
        self.pages = {
            name: self._all[self._keys[name]] for name in names if self._keys[name] in self._all
        }

    def is_outdated(self, plan: str | None) -> bool:
        """Tell whether there are cached pages, and they belong to another plan."""
        return bool(self.pages) and self._all.get(self._keys["plan"]) != plan

    def keep(self, plan: str | None, pages: Fields) -> None:
        """Cache these pages and the plan that they belong to; None for a page that did not come."""
        self._all[self._keys["plan"]] = plan
        self._all.update({self._keys[name]: pages[name] for name in self._names if name in pages})
