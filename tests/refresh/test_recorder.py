"""Work that was put off is dropped if the refresh ends before it."""

from __future__ import annotations

import asyncio

from workflow.models import utc_now
from workflow.refresh import recorder
from workflow.refresh.recorder import Recorder


def test_what_was_put_off_is_not_begun_after_the_end(home: object) -> None:
    called: list[int] = []
    faults: list[object] = []

    async def end_at_once() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        with Recorder(lambda now: None, utc_now) as kept:
            kept.soon(lambda: called.append(1))
        await asyncio.sleep(2 * recorder.IDLE)

    asyncio.run(end_at_once())
    assert (called, faults) == ([], [])


def test_what_was_put_off_is_done_while_answers_are_awaited(home: object) -> None:
    called: list[int] = []

    async def wait() -> None:
        with Recorder(lambda now: None, utc_now) as kept:
            kept.soon(lambda: called.append(1))
            await asyncio.sleep(2 * recorder.IDLE)

    asyncio.run(wait())
    assert called == [1]
