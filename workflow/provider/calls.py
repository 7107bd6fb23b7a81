"""How a provider asks: calls that may fail, several at once, the headers of a key."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, List, Optional, Tuple, TypeVar, Union

from ..errors import UsageError
from .refusals import telling

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


async def either(one: Awaitable[_T], other: Awaitable[_T]) -> Tuple[Optional[_T], Optional[_T]]:
    """Make two calls of which either is enough; None for one that failed or came too late.

    Once one has answered, the other gets as long as a call that may fail. Raises the UsageError that
    tells more when both fail.
    """
    calls = [asyncio.ensure_future(_caught(call)) for call in (one, other)]
    try:
        done, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        enough = any(not isinstance(call.result(), UsageError) for call in done)
        await asyncio.wait(calls, timeout=OPTIONAL_SECONDS if enough else None)
        found = [call.result() if call.done() else None for call in calls]
    finally:
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    first, second = found
    if isinstance(first, UsageError) and isinstance(second, UsageError):
        raise telling(first, second)
    return _unless_failed(first), _unless_failed(second)


async def _caught(call: Awaitable[_T]) -> Union[_T, UsageError]:
    try:
        return await call
    except UsageError as error:
        return error


def _unless_failed(found: Union[_T, UsageError, None]) -> Optional[_T]:
    return None if isinstance(found, UsageError) else found


def bearer(secret: str) -> Dict[str, str]:
    """The headers that carry a key."""
    return {"Authorization": f"Bearer {secret}", "Accept": "application/json"}
