from __future__ import annotations

from decimal import Decimal

import pytest

from workflow.errors import UnexpectedResponse
from workflow.models import Quota
from workflow.relay import litellm


@pytest.mark.parametrize(
    ("length", "seconds"),
    [("45s", 45), ("30m", 1800), ("5h", 18000), ("30d", 2592000), ("2w", 1209600)]
    + [(odd, None) for odd in ("1mo", "0d", "d", "12345d", 30, None)],
)  # fmt: skip
def test_a_budget_has_the_length_that_is_told(length: object, seconds: int | None) -> None:
    key = {"spend": 1, "max_budget": 10, "budget_duration": length}
    assert litellm.usage(key).quotas == (
        Quota("Key", "USD", Decimal(1), Decimal(10), Decimal(9), seconds),
    )


def test_a_key_without_a_budget_says_what_it_has_spent_unless_its_owner_has_one() -> None:
    spent = Quota("Key", "USD", Decimal(1), None, None, unlimited=True)
    owned = Quota("User", "USD", Decimal(3), Decimal(4), Decimal(1))
    assert litellm.usage({"spend": 1}, "User", {"max_budget": 4}).quotas == (spent,)
    assert litellm.usage({"spend": 1}, "User", {"max_budget": 4, "spend": 3}).quotas == (owned,)


def test_a_key_without_what_it_has_spent_is_no_answer() -> None:
    with pytest.raises(UnexpectedResponse):
        litellm.parse_key({"info": {"max_budget": 10}})


def test_budgets_of_unknown_use_are_no_unlimited_key() -> None:
    windows = [{"budget_duration": "1h", "max_budget": 5}, {"budget_duration": "1mo"}, 7]
    (quota,) = litellm.usage({"spend": 1, "budget_limits": windows}).quotas
    assert quota == Quota("1 hour", "USD", None, Decimal(5), None, 3600)


def test_a_budget_of_its_own_comes_before_that_of_its_tier() -> None:
    tier = {"max_budget": 9, "budget_duration": "7d"}
    key = {"spend": 1, "max_budget": 4, "budget_duration": None, "litellm_budget_table": tier}
    (quota,) = litellm.usage(key).quotas
    assert quota == Quota("Key", "USD", Decimal(1), Decimal(4), Decimal(3), 604800)
