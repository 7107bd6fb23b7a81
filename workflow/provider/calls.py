"""Helpers for a provider's requests: calls that may fail, several calls at once, headers with a key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Callable, TypeVar, Union

from ..errors import LASTING, UsageError
from .refusals import clearer

OPTIONAL_SECONDS = 5.0  # time limit of a call that may fail; less than an account's time limit
_T = TypeVar("_T")


async def optional(call: Awaitable[_T]) -> _T | None:
    """Await a call that may fail without harm to the main numbers.

    Returns None if it fails or takes longer than OPTIONAL_SECONDS.
    """
    try:
        return await asyncio.wait_for(call, OPTIONAL_SECONDS)
    except (UsageError, asyncio.TimeoutError):
        return None


async def together(
    main: Awaitable[_T], *others: Callable[[], Awaitable[Any]]
) -> tuple[_T, list[Any]]:
    """Make the main call and, in parallel, calls that may fail; cancel them if the main one fails.

    Args:
        main: the call with the main numbers.
        others: functions that make one call each.

    Returns the result of the main call, and a list of the other results (None for one that failed or
    took longer than OPTIONAL_SECONDS). Raises what the main call raises.
    """
    tasks = [asyncio.ensure_future(call()) for call in others]
    late = asyncio.get_running_loop().call_later(OPTIONAL_SECONDS, _cancel, tasks)
    try:
        answer = await main
        return answer, list(map(_unless_late, await asyncio.gather(*tasks, return_exceptions=True)))
    finally:
        late.cancel()
        _cancel(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)


def _cancel(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()


def _unless_late(result: Any) -> Any:
    """Return a result, None for a call that failed or was cancelled. Raises unexpected exceptions."""
    if isinstance(result, (UsageError, asyncio.CancelledError)):
        return None
    if isinstance(result, BaseException):
        raise result
    return result


async def either(
    one: Awaitable[_T], other: Awaitable[_T], *, is_first: bool = False
) -> tuple[_T | None, _T | None]:
    """Make two calls of which either is enough; None for one that failed or was too late.

    Once one has succeeded, the other has OPTIONAL_SECONDS. If both fail, raises the clearer UsageError.

    Args:
        one, other: the calls.
        is_first: ``other`` stands in for ``one`` only if that can never be read: it is waited for, and a
            failure of it that passes is raised.
    """
    calls = [asyncio.ensure_future(_caught(call)) for call in (one, other)]
    try:
        finished, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        enough = any(not isinstance(call.result(), UsageError) for call in finished)
        enough = enough and (calls[0].done() or not is_first)
        await asyncio.wait(calls, timeout=OPTIONAL_SECONDS if enough else None)
        results = [call.result() if call.done() else None for call in calls]
    finally:
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    first, second = results
    if isinstance(first, UsageError) and isinstance(second, UsageError):
        raise clearer(first, second)
    if is_first and isinstance(first, UsageError) and not isinstance(first, LASTING):
        raise first
    return _unless_failed(first), _unless_failed(second)


async def _caught(call: Awaitable[_T]) -> Union[_T, UsageError]:
    try:
        return await call
    except UsageError as error:
        return error


def _unless_failed(result: Union[_T, UsageError, None]) -> _T | None:
    return None if isinstance(result, UsageError) else result


def bearer(secret: str, scheme: str = "Bearer") -> dict[str, str]:
    """Make the headers with a key, in the usual scheme or in the vendor's own."""
    return {"Authorization": f"{scheme} {secret}", "Accept": "application/json"}


def keyed(name: str, secret: str) -> dict[str, str]:
    """Make the headers with a key in a header of the vendor's own."""
    return {name: secret, "Accept": "application/json"}


def bare(secret: str) -> dict[str, str]:
    """Make the headers with a key in ``Authorization``, without a scheme such as Bearer."""
    return {**bearer(secret), "Authorization": secret}
