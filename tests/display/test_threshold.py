"""The low threshold of an account, in the account's unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.said import in_language
from workflow.display import threshold
from workflow.models import Account
from workflow.records import replace
from workflow.settings import Settings

EITHER = Account("glm-00000001", "glm", "Work")


@pytest.mark.parametrize(
    ("own", "unit", "english", "chinese"),
    [
        (None, "", "as in the settings (20%)", "同全局设置（20%）"),
        (None, "%", "as in the settings (20%)", "同全局设置（20%）"),
        (None, "CNY", "not set", "未设置"),
        ("30", "%", "30%", "30%"),
        ("30", "CNY", "¥30.00", "¥30.00"),
        ("30", "credits", "30 credits", "30 积分"),
        ("30", "", "30", "30"),
    ],
)
def test_a_threshold_has_the_unit_of_its_account(
    own: str | None, unit: str, english: str, chinese: str
) -> None:
    account = replace(EITHER, threshold=None if own is None else Decimal(own))
    assert in_language("en", threshold.value, account, unit, Settings()) == english
    assert in_language("zh", threshold.value, account, unit, Settings()) == chinese
