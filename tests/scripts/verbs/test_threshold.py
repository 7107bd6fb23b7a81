"""``tankful threshold``."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests import examples, stored
from tests.conftest import Shell
from tests.examples import GLM, KIMI, OPENAI, Known, known, share
from workflow.models import Account, Balance, Quota, Usage
from workflow.records import replace
from workflow.storage import accounts
from workflow.storage.accounts import Accounts

PACKS = known(
    "firecrawl",
    "Packs",
    Usage((Quota("Plan", "credits", None, None, Decimal(1250)),)),
)
AS_SET = "GLM · Work counts as low at 20% left or less, as in the settings\n"


@pytest.fixture(autouse=True)
def book() -> None:
    """An account."""
    accounts.change(lambda book: Accounts((Account("glm-00000001", "glm", "Work"),)))


def kept() -> Decimal | None:
    return accounts.load().accounts[0].threshold


@pytest.mark.parametrize(("value", "threshold"), [("35", "35"), ("7,5", "7.5"), ("¥12", "12")])
def test_it_is_kept_said_and_given_up(shell: Shell, value: str, threshold: str) -> None:
    assert shell.tankful("threshold", "Work").out == AS_SET
    told = shell.tankful("threshold", "Work", value)
    assert (told.code, told.err) == (0, "")
    assert (
        told.out == f"GLM · Work counts as low at {threshold} or less (percent left, or balance)\n"
    )
    assert kept() == Decimal(threshold)
    assert shell.tankful("threshold", "Work").out == told.out
    assert shell.tankful("threshold", "Work", "off").out == AS_SET
    assert kept() is None


@pytest.mark.parametrize(
    ("value", "unit", "line"),
    [
        ("35 %", "%", "counts as low at 35% left or less"),
        ("$5", "USD", "counts as low at a balance of $5.00 or less"),
        ("€5", "EUR", "counts as low at a balance of €5.00 or less"),
        ("5", "", "counts as low at 5 or less (percent left, or balance)"),
    ],
)
def test_a_unit_typed_before_any_number_is_known_is_kept(
    shell: Shell, value: str, unit: str, line: str
) -> None:
    assert shell.tankful("threshold", "Work", value).out == f"GLM · Work {line}\n"
    assert accounts.load().accounts[0].threshold_unit == unit


def test_more_than_all_of_it_is_refused_before_any_number_is_known(shell: Shell) -> None:
    told = shell.tankful("threshold", "Work", "150%")
    assert (told.code, kept()) == (2, None)


@pytest.mark.parametrize(
    ("known", "value", "line"),
    [
        pytest.param(GLM, "30", "counts as low at 30% left or less", id="share"),
        pytest.param(GLM, "100", "counts as low at 100% left or less", id="all-of-it"),
        pytest.param(
            GLM,
            "20",
            "counts as low at 20% left or less anyway, as in the settings; "
            "a threshold of 20% changes nothing",
            id="in-vain",
        ),
        pytest.param(KIMI, "7.5", "counts as low at a balance of ¥7.50 or less", id="balance"),
        pytest.param(KIMI, "1500", "counts as low at a balance of ¥1,500.00 or less", id="large"),
        pytest.param(KIMI, "off", "has no low threshold for its balance", id="no-balance"),
        pytest.param(
            PACKS, "2000", "counts as low at a balance of 2,000 credits or less", id="count"
        ),
    ],
)
def test_it_is_said_in_what_the_account_has(
    shell: Shell, known: Known, value: str, line: str
) -> None:
    examples.install([known])
    told = shell.tankful("threshold", known[0].id, value)
    assert (told.code, told.err) == (0, "")
    assert told.out.endswith(f"{known[0].label} {line}\n")
    assert shell.tankful("threshold", known[0].id).out == told.out


def test_a_unit_needs_no_quotes(shell: Shell) -> None:
    examples.install([PACKS, KIMI])
    told = shell.tankful("threshold", PACKS[0].id, "10", "credits")
    assert (told.code, told.err) == (0, "")
    assert told.out == "Firecrawl · Packs counts as low at a balance of 10 credits or less\n"
    told = shell.tankful("threshold", KIMI[0].id, "¥", "5")
    assert told.out == "KIMI · 主账号 counts as low at a balance of ¥5.00 or less\n"
    told = shell.tankful("threshold", KIMI[0].id, "5", "6")
    assert (told.code, told.err) == (
        2,
        "tankful: “5 6” is not a positive number; nothing was changed\n",
    )


def test_where_nothing_left_is_reported_a_threshold_is_refused(shell: Shell) -> None:
    examples.install([OPENAI])
    why = "OpenAI · Team reports neither a share nor an amount that is left, so no threshold applies\n"
    told = shell.tankful("threshold", OPENAI[0].id, "5")
    assert (told.code, told.out, told.err) == (2, "", f"tankful: {why}")
    assert shell.tankful("threshold", OPENAI[0].id).out == why


def test_more_than_all_of_it_is_refused(shell: Shell) -> None:
    examples.install([GLM])
    told = shell.tankful("threshold", GLM[0].id, "100.5")
    assert (told.code, told.out) == (2, "")
    assert told.err == "tankful: 100.5% is more than all of it; nothing was changed\n"
    assert all(each.threshold is None for each in accounts.load().accounts)


@pytest.mark.parametrize(
    ("known", "value", "why"),
    [
        (GLM, "¥3", "is measured in percent left, not in ¥; type a share such as 30%"),
        (KIMI, "30 %", "is measured in CNY, not in %; type an amount such as 30"),
        (KIMI, "$3", "is measured in CNY, not in $; type an amount such as 30"),
    ],
)
def test_another_unit_changes_nothing(shell: Shell, known: Known, value: str, why: str) -> None:
    examples.install([known])
    told = shell.tankful("threshold", known[0].id, value)
    assert (told.code, told.out) == (2, "")
    assert told.err.endswith(f"{known[0].label} {why}\n")
    assert all(each.threshold is None for each in accounts.load().accounts)


@pytest.mark.parametrize("value", ["much", "0", "-3", "1e99", ""])
def test_what_is_no_number_changes_nothing(shell: Shell, value: str) -> None:
    told = shell.tankful("threshold", "Work", value)
    assert (told.code, told.out) == (2, "")
    assert "is not a positive number; nothing was changed" in told.err
    assert kept() is None


@pytest.mark.parametrize(
    ("usage", "unit"),
    [
        (
            Usage(balances=(Balance(Decimal(8), "USD"),)),
            "USD",
        ),
        (
            Usage((share("Weekly", "8"),)),
            "percent left",
        ),
    ],
)
def test_a_threshold_keeps_its_unit(shell: Shell, usage: Usage, unit: str) -> None:
    examples.install([KIMI])
    shell.tankful("threshold", KIMI[0].id, "10")
    stored.save(replace(KIMI[1], usage=usage))
    told = shell.tankful("threshold", KIMI[0].id)
    assert (told.code, told.out) == (
        0,
        (
            f"KIMI · 主账号 is measured in {unit} now, so its low threshold of ¥10.00 does not apply; "
            "set a new one\n"
        ),
    )
    shell.tankful("threshold", KIMI[0].id, "8")
    assert "8" in shell.tankful("threshold", KIMI[0].id).out
    shell.tankful("threshold", KIMI[0].id, "off")
    assert accounts.load().accounts[0].threshold_unit == ""


def test_of_several_balances_the_unit_says_which(shell: Shell) -> None:
    both = Usage(balances=(Balance(Decimal(45), "USD"), Balance(Decimal(40), "CNY")))
    examples.install([(KIMI[0], replace(KIMI[1], usage=both))])
    line = "KIMI · 主账号 counts as low at a balance of {} or less\n"
    for value, amount in (
        *(("5", "$5.00"), ("6 CNY", "¥6.00"), ("7", "¥7.00")),
        *(("$8", "$8.00"), ("9", "$9.00"), ("¥3", "¥3.00")),
    ):
        assert shell.tankful("threshold", KIMI[0].id, value).out == line.format(amount)
        assert shell.tankful("threshold", KIMI[0].id).out == line.format(amount)


def test_it_speaks_chinese(shell: Shell) -> None:
    shell.env["LANG"] = "zh_CN.UTF-8"
    assert "GLM · Work" in shell.tankful("threshold", "Work", "10").out
    assert shell.tankful("threshold", "Work", "多").err.endswith("未作更改\n")
