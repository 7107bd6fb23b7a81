from __future__ import annotations

import asyncio
import os
import time
from datetime import date, datetime, timezone
from decimal import Decimal
from functools import partial
from typing import Any, Optional

import pytest

from tests.providers.contract import shape_of
from workflow import provider as providers
from workflow.errors import Blocked, Mistake
from workflow.models import Phrase, Quota
from workflow.provider import (
    MOST_NOTICE,
    Provider,
    bearer,
    dated,
    joined,
    optional,
    renewal,
    shape,
    shortest_first,
    together,
    window_label,
)

ABOUT = Provider(
    "sample",
    "Sample",
    "Sample",
    Phrase("a key", "密钥"),
    keys={"intl": "https://intl.example/keys", "cn": "https://cn.example/keys"},
    dashboard={"intl": "https://intl.example/usage", "cn": "https://cn.example/usage"},
    shapes=(
        shape(r"ab-\d+", "numbered", "编号"),
        shape(r"ab-\w+", "named", "命名", kind="session", sure=False),
    ),
    regions=("intl", "cn"),
)


def test_a_provider_is_found_by_the_name_of_its_file() -> None:
    folder = os.path.join(os.path.dirname(providers.__file__), "providers")
    files = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py"))
    assert providers.names() == [name for name in files if name != "__init__"]
    assert providers.names() == ["chatgpt", "glm", "kimi", "minimax", "openai", "tavily"]


def test_every_provider_knows_its_own_name() -> None:
    assert {name: about.id for name, about in providers.everything().items()} == {
        name: name for name in providers.names()
    }


@pytest.mark.parametrize("name", ["nobody", "", "__init__", "../accounts", "GLM", "glm.py"])
def test_an_unknown_provider_is_answered_with_the_known_ones(name: str) -> None:
    with pytest.raises(Mistake) as caught:
        providers.load(name)
    for words in caught.value.words:
        assert repr(name) in words
        assert "chatgpt, glm, kimi, minimax, openai, tavily" in words


@pytest.mark.parametrize(
    ("region", "host"), [("cn", "cn"), ("intl", "intl"), ("", "intl"), ("mars", "intl")]
)
def test_pages_are_those_of_the_region_else_of_the_first(region: str, host: str) -> None:
    assert ABOUT.keys_page(region) == f"https://{host}.example/keys"
    assert ABOUT.dashboard_page(region) == f"https://{host}.example/usage"


def test_the_first_shape_that_fits_the_whole_secret_wins() -> None:
    numbered, named = shape_of(ABOUT, "ab-12"), shape_of(ABOUT, "ab-xy")
    assert numbered and (numbered.kind, numbered.sure) == ("api_key", True)
    assert named and (named.kind, named.sure) == ("session", False)
    assert [shape_of(ABOUT, odd) for odd in ("", "ab-", "ab-12 ", "xab-12", "ab-٣é")] == [None] * 5


def test_a_key_travels_in_a_header() -> None:
    assert bearer("secret") == {"Authorization": "Bearer secret", "Accept": "application/json"}


def test_an_optional_call_may_fail_or_never_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "OPTIONAL_SECONDS", 0.01)

    async def blocked() -> int:
        raise Blocked

    async def told() -> int:
        return 7

    assert asyncio.run(optional(blocked())) is None
    assert asyncio.run(optional(asyncio.sleep(60, 7))) is None
    assert asyncio.run(optional(told())) == 7


def test_a_defect_in_an_optional_call_is_not_hidden() -> None:
    async def defect() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(optional(defect()))


# Several calls


async def told(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


async def refused() -> Any:
    await asyncio.sleep(0)
    raise Blocked


def test_calls_that_fail_or_never_end_leave_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "OPTIONAL_SECONDS", 0.01)
    others = (partial(told, 1), refused, partial(asyncio.sleep, 60), partial(told, 2))
    assert asyncio.run(together(told("main"), *others)) == ("main", [1, None, None, 2])
    assert asyncio.run(together(told("main"))) == ("main", [])


def test_the_others_end_with_a_main_call_that_fails() -> None:
    async def run() -> None:
        with pytest.raises(Blocked):
            await asyncio.wait_for(together(refused(), partial(asyncio.sleep, 60)), 1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


# Windows


@pytest.mark.parametrize(
    ("seconds", "label"),
    [
        (18000, "5 hours"),
        (3600, "1 hour"),
        (86400, "Daily"),
        (7 * 86400, "Weekly"),
        (14 * 86400, "14 days"),
        (30 * 86400, "30 days"),
        (2628000, "Monthly"),
        (5400, "90 minutes"),
        (60, "1 minute"),
        (61, "61 seconds"),
        (1, "1 second"),
        (0, "Limit"),
        (None, "Limit"),
    ],
)
def test_a_window_is_called_by_its_length(seconds: Optional[int], label: str) -> None:
    assert window_label(seconds) == label


def test_short_windows_stand_first_and_side_lanes_last() -> None:
    def quota(label: str, seconds: Optional[int], side: bool = False) -> Quota:
        return Quota(label, "%", None, Decimal(100), None, seconds, side=side)

    week, none, five = quota("Weekly", 604800), quota("Limit", None), quota("5 hours", 18000)
    video = quota("Video", 60, side=True)
    assert shortest_first([video, none, week, five]) == (five, week, none, video)


# Notices


def test_notices_are_joined_in_their_order_as_many_as_fit() -> None:
    one, two = Phrase("one", "一"), Phrase("two", "二")
    assert joined() is joined(None, None) is None
    assert joined(None, one) == one
    assert joined(one, None, two) == Phrase("one; two", "一；二")
    long = Phrase("a" * MOST_NOTICE, "长")
    assert joined(long, one) == long
    assert joined(one, long, two) == Phrase("one; two", "一；二")


LATE = datetime(2026, 10, 24, 20, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("zone", "en", "zh"),
    [
        ("UTC", "24 Oct 2026", "2026年10月24日"),
        ("Asia/Shanghai", "25 Oct 2026", "2026年10月25日"),
    ],
)
def test_a_moment_is_a_day_of_the_user(
    zone: str, en: str, zh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert dated("on {}", "{}起", LATE) == Phrase(f"on {en}", f"{zh}起")
    assert renewal(LATE, renews=True) == Phrase(f"renews on {en}", f"{zh}自动续订")
    ends = Phrase(f"will not renew, ends on {en}", f"不会自动续订，{zh}到期")
    assert renewal(LATE, renews=False) == ends


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/Los_Angeles"])
def test_a_day_told_without_a_time_stays_that_day(
    zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert dated("{}", "{}", date(2026, 10, 5)) == Phrase("5 Oct 2026", "2026年10月5日")
    for odd in ((9999, 12, 31, 23), (1, 1, 1, 0)):  # some zones cannot say these
        assert str(odd[0]) in dated("{}", "{}", datetime(*odd, tzinfo=timezone.utc)).en


def test_braces_in_a_name_stay_as_they_are() -> None:
    assert dated("{0.X} {a} {}", "{b}{}", LATE).en == "{0.X} {a} 24 Oct 2026"
