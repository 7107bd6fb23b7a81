from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import Any

import pytest

from tests.providers.contract import shape_of
from tests.said import Phrase, both, in_language
from workflow.errors import Blocked, CredentialRejected, Mistake, UsageError
from workflow.i18n.message import Message
from workflow.provider import calls, contract
from workflow.provider import discovery as providers
from workflow.provider.calls import bearer, either, optional, together
from workflow.provider.contract import Provider, shape

ABOUT = Provider(
    "sample",
    "Sample",
    "Sample",
    "plan",
    Phrase("a key", "密钥"),
    Phrase("a plan", "套餐"),
    keys={"intl": "https://intl.example/keys", "cn": "https://cn.example/keys"},
    dashboard={"intl": "https://intl.example/usage", "cn": "https://cn.example/usage"},
    shapes=(
        shape(r"ab-\d+", Phrase("numbered", "编号")),
        shape(r"ab-\w+", Phrase("named", "命名"), kind="session", sure=False),
    ),
    regions=("intl", "cn"),
)


def test_a_provider_is_found_by_the_name_of_its_file() -> None:
    folder = os.path.join(os.path.dirname(os.path.dirname(contract.__file__)), "providers")
    files = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py"))
    assert providers.names() == [name for name in files if name != "__init__"]


def test_every_provider_knows_its_own_name() -> None:
    assert {name: about.id for name, about in providers.everything().items()} == {
        name: name for name in providers.names()
    }


@pytest.mark.parametrize("name", ["nobody", "", "__init__", "../accounts"])
def test_an_unknown_provider_is_answered_with_the_known_ones(name: str) -> None:
    with pytest.raises(Mistake) as caught:
        providers.load(name)
    english, chinese = both(caught.value.message)
    assert repr(name) in english and ", ".join(providers.names()) in english
    assert f"“{name}”" in chinese and "、".join(providers.names()) in chinese


@pytest.mark.parametrize("name", ["GLM", "glm.py", "gml"])
def test_a_provider_written_nearly_right_is_guessed(name: str) -> None:
    with pytest.raises(Mistake) as caught:
        providers.load(name)
    english, chinese = both(caught.value.message)
    assert english == f"there is no provider {name!r}; did you mean glm?"
    assert chinese == f"没有名为“{name}”的服务商；你要找的是“glm”吗？"


@pytest.mark.parametrize(
    ("region", "host"), [("cn", "cn"), ("intl", "intl"), ("", "intl"), ("mars", "intl")]
)
def test_pages_are_those_of_the_region_else_of_the_first(region: str, host: str) -> None:
    assert ABOUT.keys_page(region) == f"https://{host}.example/keys"
    assert ABOUT.dashboard_page(region) == f"https://{host}.example/usage"


@pytest.mark.parametrize("name", ["glm", "kimi", "minimax", "siliconflow", "stepfun"])
def test_the_site_of_the_readers_country_comes_first(name: str) -> None:
    about = providers.about(name)
    for language, first in (("en", "intl"), ("zh", "cn")):
        assert in_language(language, lambda: about.sites[0]) == first
        assert in_language(language, about.keys_page, "") == about.keys[first]
        assert in_language(language, about.keys_page, "intl") == about.keys["intl"]
    pages = about.keys_pages()
    assert isinstance(pages, Message)
    english, chinese = both(pages)
    assert english.startswith(f"{about.keys['intl']} (international) or {about.keys['cn']}")
    assert chinese.startswith(f"{about.keys['cn']}（国内站）或 {about.keys['intl']}")
    assert about.keys_pages("cn") == about.keys["cn"]


def test_one_site_is_one_page() -> None:
    about = providers.about("tavily")
    assert (about.sites, about.keys_pages()) == ((), about.keys_page(""))


def test_the_first_shape_that_fits_the_whole_secret_wins() -> None:
    numbered, named = shape_of(ABOUT, "ab-12"), shape_of(ABOUT, "ab-xy")
    assert numbered
    assert (numbered.kind, numbered.sure) == ("api_key", True)
    assert named
    assert (named.kind, named.sure) == ("session", False)
    assert [shape_of(ABOUT, odd) for odd in ("", "ab-", "ab-12 ", "xab-12", "ab-٣é")] == [None] * 5


def test_a_key_travels_in_a_header() -> None:
    assert bearer("secret") == {"Authorization": "Bearer secret", "Accept": "application/json"}


def test_an_optional_call_may_fail_or_never_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "OPTIONAL_SECONDS", 0.01)

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
    monkeypatch.setattr(calls, "OPTIONAL_SECONDS", 0.01)
    others = (partial(told, 1), refused, partial(asyncio.sleep, 60), partial(told, 2))
    assert asyncio.run(together(told("main"), *others)) == ("main", [1, None, None, 2])
    assert asyncio.run(together(told("main"))) == ("main", [])


def test_the_others_end_with_a_main_call_that_fails() -> None:
    async def run() -> None:
        with pytest.raises(Blocked):
            await asyncio.wait_for(together(refused(), partial(asyncio.sleep, 60)), 1)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())


# Either of two calls


def test_either_of_two_calls_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "OPTIONAL_SECONDS", 0.01)
    assert asyncio.run(either(told(1), told(2))) == (1, 2)
    assert asyncio.run(either(refused(), told(2))) == (None, 2)
    assert asyncio.run(either(told(1), asyncio.sleep(60))) == (1, None)


def test_a_call_that_stands_in_for_the_first_does_so_only_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls, "OPTIONAL_SECONDS", 0.01)

    async def failing(error: type[UsageError]) -> Any:
        raise error

    def first(one: Any, other: Any) -> Any:
        return asyncio.run(either(one, other, is_first=True))

    assert first(failing(CredentialRejected), told(2)) == (None, 2)
    with pytest.raises(Blocked):
        first(failing(Blocked), told(2))
    assert first(asyncio.sleep(0.1, 1), told(2)) == (1, 2)
    assert first(told(1), asyncio.sleep(60)) == (1, None)


def test_of_two_calls_that_fail_the_telling_one_is_raised() -> None:
    async def rejected() -> Any:
        raise CredentialRejected

    async def run() -> None:
        with pytest.raises(Blocked):
            await either(rejected(), refused())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(run())
