"""The launcher's request at a key, and the names and times for its notification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from workflow.display.times import day_and_time
from workflow.errors import Mistake
from workflow.i18n.catalog import say
from workflow.models import Account, Failure, utc_now
from workflow.records import dataclass
from workflow.storage import accounts

if TYPE_CHECKING:
    from workflow.settings import Settings

MAX_NAMES = 5  # accounts named in a notification


@dataclass(frozen=True)
class Request:
    """An Alfred action: the variables of its row, the typed text, the user's settings."""

    variables: Mapping[str, str]
    text: str
    settings: Settings

    def __getitem__(self, name: str) -> str:
        """Return a variable; "" if it is not set."""
        return self.variables.get(name, "")

    def account(self) -> Account:
        """Return the account of the row. Raises Mistake if it is gone."""
        account = accounts.load().get(self["account"])
        if account is None:
            from workflow.alfred import menu  # imported late: it loads the providers

            raise Mistake(menu.GONE)
        return account

    def name(self, account: Account) -> str:
        """Return the name of an account as every face shows it."""
        from workflow.display import privacy

        return privacy.full_name(account, self.settings)

    def names(self, several: Sequence[Account]) -> str:
        """Join the names of accounts, of many only the first few."""
        from workflow.display import privacy

        return say(privacy.full_names(several, self.settings, MAX_NAMES))

    def reason(self, failure: Failure) -> str:
        """Say why an account failed, as its row does."""
        from workflow.display import names, privacy

        return privacy.discreet(names.unnamed(failure.message), self.settings)

    def span(self, moments: Sequence[datetime]) -> str:
        """Format the first and the last moment as clock times, or as one if they are the same."""
        now = utc_now().timestamp()
        ends = [day_and_time(moment.timestamp(), now) for moment in (min(moments), max(moments))]
        return " – ".join(dict.fromkeys(ends))
