"""The low threshold of an account, in the account's unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.examples import share
from tests.said import in_language
from workflow.display import threshold
from workflow.i18n.catalog import say
from workflow.models import Account, Usage
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


@pytest.mark.parametrize(
    ("own", "line"),
    [
        (None, "Work counts as low at 5% left or less, as in the settings"),
        (
            "4",
            (
                "Work counts as low at 5% left or less anyway, as in the settings; "
                "a threshold of 4% changes nothing"
            ),
        ),
        ("6", "Work counts as low at 6% left or less"),
    ],
)
def test_5_percent_is_low_whatever_the_settings_say(own: str | None, line: str) -> None:
    account = replace(EITHER, threshold=None if own is None else Decimal(own), threshold_unit="%")
    usage, settings = Usage((share("Weekly", "60"),)), Settings(low=0)
    assert say(threshold.line(account, "Work", usage, settings)) == line
    assert own or threshold.value(account, "%", settings) == "as in the settings (5%)"


@pytest.mark.parametrize(
    ("kept", "unit", "english", "chinese"),
    [
        ("CNY", "CNY", "¥30.00", "¥30.00"),
        ("CNY", "", "¥30.00", "¥30.00"),
        ("CNY", "USD", "¥30.00 (does not apply)", "¥30.00（不起作用）"),
        ("%", "USD", "30% (does not apply)", "30%（不起作用）"),
        ("credits", "%", "30 credits (does not apply)", "30 积分（不起作用）"),
    ],
)
def test_a_threshold_in_another_unit_is_said_to_have_no_effect(
    kept: str, unit: str, english: str, chinese: str
) -> None:
    account = replace(EITHER, threshold=Decimal(30), threshold_unit=kept)
    assert in_language("en", threshold.value, account, unit, Settings()) == english
    assert in_language("zh", threshold.value, account, unit, Settings()) == chinese


def test_privacy_hides_a_threshold_in_another_unit() -> None:
    account = replace(EITHER, threshold=Decimal(30), threshold_unit="CNY")
    shown = in_language("en", threshold.value, account, "USD", Settings(privacy=True))
    assert shown == "¥••• (does not apply)"
