"""How a provider asks: calls that may fail, several at once, the headers of a key."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple, TypeVar

from ..errors import UsageError

OPTIONAL_SECONDS = 5.0  # what a call that may fail gets; below the deadline of an account
_T = TypeVar("_T")


async def optional(call: Awaitable[_T]) -> Optional[_T]:
    """The result of a call that may fail without harm to the main numbers; None when it does."""
    try:
        return await asyncio.wait_for(call, OPTIONAL_SECONDS)
    except (UsageError, asyncio.TimeoutError):
        return None


async def together(
    main: Awaitable[_T], *others: Callable[[], Awaitable[Any]]
) -> Tuple[_T, List[Any]]:
    """The main call and, beside it, calls that may fail; they end when the main one fails.

    Args:
        others: what makes each call; None stands for the result of one that failed.
    """

    async def attempt(call: Callable[[], Awaitable[Any]]) -> Any:
        return await optional(call())

    tasks = [asyncio.ensure_future(attempt(call)) for call in others]
    try:
        return await main, [await task for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def bearer(secret: str) -> Dict[str, str]:
    """The headers that carry a key."""
    return {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
