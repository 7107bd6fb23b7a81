from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest

from tests.providers.contract import NOW, Answers, Case, ProviderContract, ScriptedClient, answer
from workflow.errors import UsageError
from workflow.models import Account, Balance, Credential, Quota, Spend, Usage
from workflow.providers import xai

KEY = "GET management-api.x.ai/auth/management-keys/validation"
LEDGER = "GET management-api.x.ai/v1/billing/teams/t-1/prepaid/balance"
PREVIEW = "GET management-api.x.ai/v1/billing/teams/t-1/postpaid/invoice/preview"
TEAM = {KEY: answer(200, {"scope": "SCOPE_TEAM", "scopeId": "t-1", "teamId": "t-1"})}
UNREAD = {"xai/api_key_status.json": "a key that calls models is refused before it is sent"}
OCTOBER, NOVEMBER = (datetime(2026, month, 1, tzinfo=timezone.utc) for month in (10, 11))


def spent(amount: str) -> tuple[Spend, ...]:
    return (Spend(Decimal(amount), "USD", OCTOBER, NOW, "month"),)


def dollars(amount: str) -> tuple[Balance, ...]:
    return (Balance(Decimal(amount), "USD"),)


class TestXAI(ProviderContract):
    provider = "xai"
    account = Account("x1", "xai", "Work")
    credential = Credential("api_key", "xai-token-5e7e0000canary0123456789")
    main = KEY
    unread = UNREAD
    cases = (
        Case(
            "the ledger alone",
            {**TEAM, LEDGER: "xai/prepaid_balance.json"},
            Usage(balances=dollars("18.75")),
        ),
        Case(
            "the preview alone",
            {**TEAM, PREVIEW: "xai/invoice_preview.json"},
            Usage(balances=dollars("51.70"), spends=spent("0")),
        ),
        Case(
            "both",
            {**TEAM, LEDGER: "xai/prepaid_balance.json", PREVIEW: "xai/invoice_preview.json"},
            Usage(balances=dollars("51.70"), spends=spent("0")),
        ),
        Case("a wrong key, said with 400", {KEY: "xai/error_400.json"}, "credential_rejected"),
        Case(
            "a key of no team",
            {KEY: answer(200, {"scope": "SCOPE_TEAM"})},
            "wrong_credential: no team",
        ),
        Case(
            "a key of all teams",
            {KEY: answer(200, {"scope": "SCOPE_ALL", "scopeId": "t-1"})},
            "wrong_credential",
        ),
        Case(
            "an older answer",
            {KEY: answer(200, {"teamId": "t-1"}), LEDGER: "xai/prepaid_balance.json"},
            Usage(balances=dollars("18.75")),
        ),
        Case(
            "a newer answer",
            {KEY: answer(200, {"scopeId": "t-1"}), LEDGER: "xai/prepaid_balance.json"},
            Usage(balances=dollars("18.75")),
        ),
        Case(
            "a key that may not read billing",
            {**TEAM, LEDGER: answer(403, {}), PREVIEW: answer(403, {})},
            "wrong_credential",
        ),
        Case(
            "a failure of the preview that passes",
            {**TEAM, LEDGER: "xai/prepaid_balance.json", PREVIEW: answer(503, {})},
            "provider_failed",  # the ledger may hold more than is left
        ),
        Case("another team's", dict(TEAM), "unexpected_response"),
    )


def preview(spend: str, credit: str, used: str, limit: str, **more: Any) -> Usage:
    names = ("totalWithCorr", "prepaidCredits", "prepaidCreditsUsed")
    invoice = {name: {"val": value} for name, value in zip(names, (spend, credit, used))}
    told = {"coreInvoice": invoice, "effectiveSpendingLimit": limit, **more}
    return xai.parse(None, (told, NOW))


def test_the_ledger_may_hold_what_earlier_cycles_used() -> None:
    names = ("totalWithCorr", "prepaidCredits", "prepaidCreditsUsed")
    invoice = {name: {"val": each} for name, each in zip(names, ("1176", "-5170", "-1176"))}
    ledger = {"total": {"val": "-7500"}}
    usage = xai.parse((ledger, NOW), ({"coreInvoice": invoice}, NOW))
    assert usage == Usage(balances=dollars("39.94"), spends=spent("11.76"))
    del invoice["prepaidCredits"]
    usage = xai.parse((ledger, NOW), ({"coreInvoice": invoice}, NOW))
    assert usage.balances == dollars("63.24")


@pytest.mark.parametrize("used", ["350", "-350"])
def test_what_this_cycle_used_of_the_credit_is_taken_off(used: str) -> None:
    assert preview("350", "-5170", used, "0").balances == dollars("48.20")


def test_an_invoice_has_a_limit_and_no_credit() -> None:
    usage = preview("1250", "0", "0", "5000")
    cap = Quota("Spend limit", "USD", Decimal("12.5"), Decimal(50), Decimal("37.5"), 31 * 86400, NOVEMBER)  # fmt: skip
    assert usage == Usage((cap,), spends=spent("12.50"))


def test_an_invoice_pays_when_the_credit_is_gone() -> None:
    usage = preview("0", "-100", "0", "5000")
    assert [quota.role for quota in usage.quotas] == ["reserve"]
    assert usage.balances == dollars("1")


def test_no_credit_and_no_invoice_is_an_empty_account() -> None:
    assert preview("0", "0", "0", "0").balances == dollars("0")


def began(year: object, month: object) -> datetime:
    cycle = {"year": year, "month": month}
    return preview("7", "0", "0", "0", billingCycle=cycle).spends[0].since


@pytest.mark.parametrize(
    ("year", "month"), [(None, 1), (2026, None), (2026, 0), (2026, 13), (2000, 1), (9000, 1)]
)
def test_a_cycle_that_is_not_told_is_this_month(year: object, month: object) -> None:
    assert preview("7", "0", "0", "0").spends == spent("0.07")
    assert began(year, month) == OCTOBER


@pytest.mark.parametrize(("year", "month"), [(2026, 1), (2026, 12), (2001, 2), (8999, 9)])
def test_a_cycle_begins_when_it_is_told(year: int, month: int) -> None:
    assert began(year, month) == datetime(year, month, 1, tzinfo=timezone.utc)


def test_nothing_told_is_no_zero() -> None:
    with pytest.raises(UsageError):
        xai.parse(None, ({"billingCycle": {}}, NOW))
    with pytest.raises(UsageError):
        xai.parse(({}, NOW), None)


def test_the_team_is_a_part_of_the_path() -> None:
    odd: Answers = {KEY: answer(200, {"scopeId": "../t?1"}), LEDGER: "xai/prepaid_balance.json"}
    client = ScriptedClient(odd)
    with pytest.raises(UsageError):
        asyncio.run(xai.fetch(client, TestXAI.account, TestXAI.credential))
    assert "teams/..%2Ft%3F1/" in client.asked[1].url
