"""Signals that end the process wait until nothing would be lost."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator

import pytest

from workflow.system import endings

NUMBERS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@pytest.fixture
def came() -> Iterator[list[int]]:
    """The signals that took effect in this process."""
    numbers: list[int] = []
    before = {number: signal.getsignal(number) for number in NUMBERS}
    for number in NUMBERS:
        signal.signal(number, lambda number, frame: numbers.append(number))
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


def ask_to_end(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_takes_effect_at_the_end(came: list[int], number: int) -> None:
    with endings.held_off():
        ask_to_end(number)
        assert came == []
    assert came == [number]
    ask_to_end(number)
    assert came == [number, number]


def test_the_first_of_several_takes_effect_once(came: list[int]) -> None:
    with endings.held_off():
        for number in (*NUMBERS, *NUMBERS):
            ask_to_end(number)
    assert came == [signal.SIGTERM]


def test_also_after_an_error(came: list[int]) -> None:
    with pytest.raises(KeyError), endings.held_off():
        ask_to_end()
        raise KeyError
    assert came == [signal.SIGTERM]


def test_the_last_of_several_blocks_counts(came: list[int]) -> None:
    async def hold(begin: float, end: float) -> None:
        await asyncio.sleep(begin)
        with endings.held_off():
            await asyncio.sleep(end - begin)
        seen.append(list(came))

    async def several() -> None:
        asyncio.get_running_loop().call_later(0.1, ask_to_end)
        await asyncio.gather(hold(0, 0.2), hold(0.05, 0.4), hold(0.15, 0.3))

    seen: list[list[int]] = []
    asyncio.run(several())
    assert seen == [[], [], [signal.SIGTERM]]


def test_an_ignored_signal_stays_ignored(came: list[int]) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with endings.held_off():
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        ask_to_end(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_nothing_is_held_off_in_another_thread(came: list[int]) -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []

    def elsewhere() -> None:
        with endings.held_off():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]
