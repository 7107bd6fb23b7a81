"""Read the secrets of the accounts to refresh, before any deadline starts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Union

from .. import patience
from ..credentials import store
from ..errors import Mistake, NoCredential, StoreLocked, UsageError
from ..models import Account, Credential
from ..storage import files

STORE_SECONDS = patience.STORE_SECONDS  # how long a dialog of the secret store may stay open

Secret = Union[Credential, UsageError, Mistake]  # an error says why there is none


def given(secret: Secret) -> Credential:
    """Return the credential, or raise the error that says why there is none."""
    if isinstance(secret, Credential):
        return secret
    raise secret


async def read_all(chosen: Iterable[Account]) -> dict[str, Secret]:
    """Read every secret, one after the other.

    The store may show a dialog; a secret that is not read within ``STORE_SECONDS`` counts as locked.
    """
    by_account: dict[str, Secret] = {}
    waiting = list(chosen)
    loop, done = asyncio.get_running_loop(), asyncio.Event()

    def read() -> None:
        for account in waiting:
            try:
                by_account[account.id] = store.read(account)
            except (UsageError, Mistake) as error:
                by_account[account.id] = error
            except OSError as error:
                by_account[account.id] = StoreLocked(files.unusable(error))
            except Exception:  # go on with the next account whatever happens
                by_account[account.id] = NoCredential()

        with suppress(RuntimeError):  # the loop may be over when a stuck store answers
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=read, daemon=True).start()
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(done.wait(), STORE_SECONDS)
    return {account.id: by_account.get(account.id, StoreLocked()) for account in waiting}
