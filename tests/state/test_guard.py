"""Which accounts a guard is about, and its one verdict on them."""

from __future__ import annotations

import pytest

from workflow.errors import Mistake
from workflow.models import Account
from workflow.state import fit, guard
from workflow.state.fit import ENOUGH, NOT_ENOUGH, TIGHT, UNKNOWN
from workflow.storage.accounts import Accounts

BOOK = Accounts(
    (
        Account("glm-1", "glm", "Work"),
        Account("glm-2", "glm", "Home"),
        Account("kimi-1", "kimi", "any"),
        Account("tavily-1", "tavily", "Home"),
        Account("openai-1", "openai", "OpenAI"),
        Account("openai-2", "openai", "Work"),
    )
)


@pytest.mark.parametrize(
    ("who", "ids"),
    [
        ("glm-2", ["glm-2"]),
        ("glm/work", ["glm-1"]),
        ("GLM · Home", ["glm-2"]),
        ("glm", ["glm-1", "glm-2"]),
        ("GLM", ["glm-1", "glm-2"]),
        ("kimi", ["kimi-1"]),
        ("openai", ["openai-1", "openai-2"]),
        ("openai/openai", ["openai-1"]),
        ("any", [each.id for each in BOOK.accounts]),
        ("all", [each.id for each in BOOK.accounts]),
    ],
)
def test_who_is_meant(who: str, ids: list[str]) -> None:
    assert [account.id for account in guard.named(BOOK, who)] == ids


@pytest.mark.parametrize("who", ["nobody", "Home", "Work", ""])
def test_who_is_not_there_or_is_several(who: str) -> None:
    with pytest.raises(Mistake):
        guard.named(BOOK, who)


def known(place: str) -> fit.Account:
    return fit.Account(place, place, place, 0, 600)


def test_only_what_one_works_at_counts_where_there_is_any() -> None:
    work, hidden, aside = map(known, ("work", "hidden", "aside"))
    assert guard.places([hidden, work, aside]) == [work]
    assert guard.places([hidden, aside]) == [hidden, aside]
    assert guard.places([]) == []


@pytest.mark.parametrize(
    ("found", "any_code", "all_code"),
    [
        ([ENOUGH], 0, 0),
        ([TIGHT], 0, 0),
        ([NOT_ENOUGH], 1, 1),
        ([UNKNOWN], 3, 3),
        ([NOT_ENOUGH, ENOUGH], 0, 1),
        ([NOT_ENOUGH, TIGHT], 0, 1),
        ([UNKNOWN, ENOUGH], 0, 3),
        ([UNKNOWN, NOT_ENOUGH], 3, 1),
        ([NOT_ENOUGH, NOT_ENOUGH], 1, 1),
    ],
)
def test_one_verdict_on_several(found: list[str], any_code: int, all_code: int) -> None:
    judged = [(known(each), fit.Verdict(each, "amount")) for each in found]
    assert guard.answer(judged, every=False).code == any_code
    assert guard.answer(judged, every=True).code == all_code


def test_it_is_that_of_the_account_that_decides() -> None:
    judged = [(known(each), fit.Verdict(each, "amount")) for each in (NOT_ENOUGH, TIGHT, ENOUGH)]
    assert guard.answer(judged, every=False).account.id == ENOUGH
    assert guard.answer(judged, every=True).account.id == NOT_ENOUGH
    found = [guard.answer(judged * 3, every).others for every in (False, True)]
    assert [[verdict.kind for _, verdict in others] for others in found] == [
        [NOT_ENOUGH] * 3,
        [NOT_ENOUGH] * 2,
    ]
