"""Where an account stands: its headline, whether it is low or stale, when it is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import FETCHED, NOW, SIX, share
from tests.said import Phrase
from workflow.errors import FailureKind
from workflow.models import (
    ROLES,
    Account,
    Balance,
    Failure,
    Quota,
    Role,
    Snapshot,
    Usage,
    WorkBlocked,
)
from workflow.provider import discovery
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import status
from workflow.state.status import Reason
from workflow.storage.snapshots import believed

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SETTINGS = Settings()
ACCOUNT = Account("glm-0000000a", "glm", "Work")
UNLIMITED = Quota("Key", "%", None, None, None, unlimited=True)
TOLD_ONLY_USE = Quota("Tokens", "tokens", Decimal(9), None, None)


NEEDS_USER: tuple[FailureKind, ...] = (
    "no_credential",
    "credential_rejected",
    "credential_expired",
    "wrong_credential",
    "not_available",
)


def side(left: str) -> Quota:
    return replace(share("Video", left), role="secondary")


def snapshot(*quotas: Quota, balances: Sequence[Balance] = (), **more: object) -> Snapshot:
    known = Snapshot("glm-0000000a", Usage(quotas, tuple(balances)), FETCHED)
    return replace(known, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ahead", "stale"),
    [(timedelta(0), False), (MINUTE, False), (61 * timedelta(seconds=1), True), (400 * DAY, True)],
)
def test_numbers_that_are_ahead_of_now_are_stale(ahead: timedelta, stale: bool) -> None:
    known = believed(snapshot(share("Weekly", "41"), fetched_at=NOW + ahead), NOW)
    found = status.status(ACCOUNT, known, SETTINGS)
    assert (found.is_stale(NOW), found.due_at <= NOW) == (stale, stale)


def failure(kind: FailureKind, at: datetime = NOW, retry: timedelta | None = None) -> Failure:
    return Failure(kind, Phrase("no", "不"), at, at + retry if retry else None)


def money(amount: str, low: bool = False) -> Balance:
    return Balance(Decimal(amount), "CNY", low=low)


@pytest.mark.parametrize(
    ("quotas", "binding"),
    [
        pytest.param([], None, id="none"),
        pytest.param([share("5 hours", "72"), share("Weekly", "41")], "Weekly", id="least-left"),
        pytest.param([share("5 hours", "41"), share("Weekly", "41")], "5 hours", id="first-of-two"),
        pytest.param([side("1"), share("Weekly", "41")], "Weekly", id="never-a-side-lane"),
        pytest.param([side("1")], None, id="only-a-side-lane"),
        pytest.param([TOLD_ONLY_USE, share("Weekly", "99")], "Weekly", id="a-share-over-none"),
        pytest.param([TOLD_ONLY_USE, UNLIMITED], "Tokens", id="the-first-without-shares"),
        pytest.param([UNLIMITED, share("Weekly", "0.5")], "Weekly", id="unlimited-binds-nothing"),
        pytest.param(
            [share("Weekly", "3"), replace(share("Monthly", "9"), alert=True)],
            "Monthly",
            id="said-by-the-provider",
        ),
        pytest.param(
            [share("Weekly", "41"), replace(TOLD_ONLY_USE, alert=True)], "Tokens", id="blocked"
        ),
        pytest.param(
            [share("5 hours", "3"), replace(share("Weekly", "-7"))], "Weekly", id="beyond-the-limit"
        ),
    ],
)
def test_the_headline_is_the_binding_main_quota(
    quotas: Sequence[Quota], binding: str | None
) -> None:
    found = status.headline(quotas)
    assert (found.label if found else None) == binding


def test_the_headline_comes_first_then_each_role_in_turn() -> None:
    roles: list[Role] = ["secondary", "reserve", "binding", "part", "binding"]
    quotas = [replace(share(f"Q{at}", f"{90 - at}"), role=role) for at, role in enumerate(roles)]
    labels = [quota.label for quota in status.arranged(quotas)]
    assert labels == ["Q4", "Q2", "Q1", "Q0", "Q3"]
    assert status.arranged([quotas[0]]) == (quotas[0],)


@pytest.mark.parametrize(
    ("usage", "measure"),
    [
        (None, ""),
        (Usage(), ""),
        (Usage((UNLIMITED,), (Balance(Decimal(1), "USD"),)), ""),
        (Usage((share("Weekly", "41"),), (Balance(Decimal(1), "USD"),)), "%"),
        (Usage((TOLD_ONLY_USE,), (Balance(Decimal(1), "USD"),)), "USD"),
        (Usage((TOLD_ONLY_USE,)), ""),
        (Usage((side("1"),), (Balance(Decimal(1), "CNY"), Balance(Decimal(2), "USD"))), "CNY"),
        (Usage((replace(share("Extra usage", "9"), role="reserve"),)), "%"),
    ],
)
def test_a_threshold_has_the_measure_of_what_decides(usage: Usage | None, measure: str) -> None:
    assert status.measure(usage) == measure


@given(st.lists(st.tuples(st.integers(-20, 120), st.sampled_from(ROLES)), max_size=6))
def test_the_arranged_quotas_are_all_of_them_the_headline_first(
    told: Sequence[tuple[int, Role]],
) -> None:
    quotas = [replace(share(str(i), str(left)), role=role) for i, (left, role) in enumerate(told)]
    arranged = status.arranged(quotas)
    assert sorted(quota.label for quota in arranged) == sorted(quota.label for quota in quotas)
    first = status.headline(quotas)
    assert first is None or arranged[0] is first
    rest = [ROLES.index(quota.role) for quota in arranged if quota is not first]
    assert rest == sorted(rest)
    assert first is None or first.role in ("binding", "reserve")


@pytest.mark.parametrize(
    ("known", "stale"),
    [
        pytest.param(Snapshot("x"), True, id="never-asked"),
        pytest.param(snapshot(), False, id="fresh"),
        pytest.param(snapshot(fetched_at=NOW - 9.99 * MINUTE), False, id="two-intervals-nearly"),
        pytest.param(snapshot(fetched_at=NOW - 10 * MINUTE), True, id="two-intervals"),
        pytest.param(snapshot(failure=failure("unreachable")), True, id="failed-since"),
        pytest.param(snapshot(share("5 hours", "9", MINUTE)), False, id="before-a-reset"),
        pytest.param(snapshot(share("5 hours", "9", 0 * MINUTE)), True, id="a-reset-has-passed"),
        pytest.param(snapshot(share("5 hours", "9", -MINUTE)), True, id="passed-long-since"),
        pytest.param(snapshot(share("5 hours", "9", -60 * MINUTE)), False, id="told-a-past-reset"),
        pytest.param(snapshot(share("5 hours", "9", FETCHED - NOW)), False, id="told-at-its-reset"),
    ],
)
def test_stale(known: Snapshot, stale: bool) -> None:
    assert status.status(ACCOUNT, known, SETTINGS).is_stale(NOW) is stale


@pytest.mark.parametrize(
    ("usage", "low"),
    [
        pytest.param(Usage((share("Weekly", "20"),)), True, id="at-the-threshold"),
        pytest.param(Usage((share("Weekly", "20.1"),)), False, id="above"),
        pytest.param(Usage((share("Weekly", "50"), side("1"))), False, id="a-side-lane"),
        pytest.param(Usage((replace(share("Weekly", "50"), alert=True),)), True, id="alert"),
        pytest.param(Usage((UNLIMITED,)), False, id="unlimited"),
        pytest.param(Usage((TOLD_ONLY_USE,)), False, id="no-share"),
        pytest.param(Usage(balances=(money("42"),)), False, id="a-balance"),
        pytest.param(Usage(balances=(money("0"),)), True, id="nothing-left"),
        pytest.param(Usage(balances=(money("-3"),)), True, id="a-debt"),
        pytest.param(Usage(balances=(money("42", low=True),)), True, id="the-providers-own-alert"),
        pytest.param(Usage(), False, id="no-number"),
    ],
)
def test_low(usage: Usage, low: bool) -> None:
    assert status.status(ACCOUNT, Snapshot("x", usage, NOW), SETTINGS).is_low is low


@pytest.mark.parametrize(
    ("usage", "threshold", "low"),
    [
        pytest.param(Usage((share("Weekly", "40"),)), "50", True, id="percent"),
        pytest.param(Usage((share("Weekly", "50"),)), "49.99", False, id="above"),
        pytest.param(Usage((share("Weekly", "50"),)), "50", True, id="just-at-it"),
        pytest.param(Usage((share("Weekly", "15"),)), "5", True, id="the-setting-still-counts"),
        pytest.param(Usage(balances=(money("9.99"),)), "10", True, id="an-amount"),
        pytest.param(Usage(balances=(money("10"),)), "9.99", False, id="just-enough"),
        pytest.param(Usage(balances=(money("10"),)), "10", True, id="as-much"),
        pytest.param(Usage((TOLD_ONLY_USE,), (money("9"),)), "10", True, id="money-beside-a-use"),
    ],
)
def test_an_account_has_its_own_threshold(usage: Usage, threshold: str, low: bool) -> None:
    account = replace(ACCOUNT, threshold=Decimal(threshold))
    for unit in ("", status.measure(usage)):
        own = replace(account, threshold_unit=unit)
        assert status.status(own, Snapshot("x", usage, NOW), SETTINGS).is_low is low


def test_a_threshold_is_about_the_balance_in_its_unit() -> None:
    """The largest balance comes first, whatever its unit."""
    dollars = Balance(Decimal(45), "USD")
    account = replace(ACCOUNT, threshold=Decimal(30), threshold_unit="CNY")
    for yuan, low in (("44", False), ("20", True)):
        usage = Usage(balances=(dollars, money(yuan)))
        found = status.status(account, Snapshot("x", usage, NOW), SETTINGS)
        assert found.is_low is low
    assert found.reason == Reason("threshold", balance=money("20"), limit=Decimal(30))
    assert status.measure(usage, "CNY") == "CNY"
    assert status.measure(usage, "EUR") == status.measure(usage) == "USD"


@pytest.mark.parametrize(
    ("usage", "unit"),
    [
        (Usage((share("Weekly", "40"),)), "CNY"),
        (Usage(balances=(money("40"),)), "USD"),
        (Usage(balances=(money("40"),)), "%"),
        (Usage((Quota("Plan", "credits", None, None, Decimal(40)),)), "CNY"),
    ],
)
def test_a_threshold_in_another_unit_does_not_count(usage: Usage, unit: str) -> None:
    account = replace(ACCOUNT, threshold=Decimal(50), threshold_unit=unit)
    assert not status.status(account, Snapshot("x", usage, NOW), SETTINGS).is_low


@pytest.mark.parametrize(
    ("known", "level"),
    [
        pytest.param(snapshot(share("Weekly", "41")), "plenty", id="plenty"),
        pytest.param(snapshot(share("Weekly", "20")), "low", id="low"),
        pytest.param(snapshot(share("Weekly", "5")), "critical", id="critical"),
        pytest.param(snapshot(UNLIMITED), "plenty", id="unlimited"),
        pytest.param(snapshot(TOLD_ONLY_USE), "unknown", id="no-share"),
        pytest.param(snapshot(), "unknown", id="no-number"),
        pytest.param(Snapshot("x"), "unknown", id="never-asked"),
        pytest.param(snapshot(balances=[money("42")]), "plenty", id="balance"),
        pytest.param(snapshot(balances=[money("0")]), "critical", id="no-balance"),
        pytest.param(
            snapshot(share("Weekly", "41"), failure=failure("unreachable")), "unknown", id="offline"
        ),
        pytest.param(
            snapshot(share("Weekly", "41"), failure=failure("credential_expired")),
            "error",
            id="needs-the-user",
        ),
        pytest.param(Snapshot("x", failure=failure("unreachable")), "error", id="nothing-to-show"),
    ],
)
def test_the_level(known: Snapshot, level: str) -> None:
    assert status.status(ACCOUNT, known, SETTINGS).level == level


def count(left: str) -> Quota:
    """Credits without a limit, with so many left."""
    return Quota("Plan", "credits", None, None, Decimal(left))


OWN = Decimal(50)  # a threshold of the account's own
BLOCKED = WorkBlocked("credits", Phrase("credits are gone", "积分已用完"))
PLAN_SPENT = share("Plan", "0")
PAY_AS_YOU_GO = replace(share("Pay-as-you-go", "99"), role="reserve")


def reserve(amount: str) -> Balance:
    return replace(money(amount), role="reserve")


@pytest.mark.parametrize(
    ("usage", "level", "cause", "first"),
    [
        pytest.param(Usage((share("5 hours", "60"),)), "plenty", None, "5 hours", id="room"),
        pytest.param(
            Usage((share("5 hours", "60"),), blocked=BLOCKED),
            "critical",
            "blocked",
            "5 hours",
            id="blocked-with-room",
        ),
        pytest.param(
            Usage((share("Plan", "95"), replace(PAY_AS_YOU_GO, alert=True))),
            "plenty",
            None,
            "Plan",
            id="an-empty-reserve-behind-a-plan-with-room",
        ),
        pytest.param(
            Usage((PLAN_SPENT, PAY_AS_YOU_GO)), "low", "reserve", "Pay-as-you-go", id="it-pays"
        ),
        pytest.param(
            Usage((PLAN_SPENT, replace(share("Pay-as-you-go", "3"), role="reserve"))),
            "critical",
            "reserve",
            "Pay-as-you-go",
            id="the-reserve-is-nearly-gone",
        ),
        pytest.param(
            Usage((PLAN_SPENT, replace(share("Pay-as-you-go", "0"), role="reserve"))),
            "critical",
            "spent",
            "Plan",
            id="both-are-gone",
        ),
        pytest.param(
            Usage((PLAN_SPENT, replace(TOLD_ONLY_USE, role="reserve"))),
            "low",
            "reserve",
            "Plan",
            id="a-reserve-without-a-limit",
        ),
        pytest.param(
            Usage((PLAN_SPENT,), (reserve("125"),)), "low", "reserve", "Plan", id="a-wallet-pays"
        ),
        pytest.param(
            Usage((PLAN_SPENT,), (reserve("0"),)), "critical", "spent", "Plan", id="an-empty-wallet"
        ),
        pytest.param(
            Usage((PLAN_SPENT,), (money("9"),)),
            "critical",
            "spent",
            "Plan",
            id="money-that-pays-for-something-else",
        ),
        pytest.param(
            Usage((share("Weekly", "50"),), (money("0"),)),
            "plenty",
            None,
            "Weekly",
            id="an-empty-balance-beside-a-plan-with-room",
        ),
        pytest.param(
            Usage((share("Weekly", "50"), replace(share("Code", "0"), role="part"))),
            "plenty",
            None,
            "Weekly",
            id="a-part-binds-nothing",
        ),
        pytest.param(Usage((share("Weekly", "20"),)), "low", "low", "Weekly", id="low"),
        pytest.param(Usage((share("Weekly", "5"),)), "critical", "nearly", "Weekly", id="nearly"),
        pytest.param(Usage(balances=(money("-3"),)), "critical", "owed", None, id="owed"),
        pytest.param(
            Usage(balances=(money("0"), reserve("3"))), "low", "reserve", None, id="second-purse"
        ),
    ],
)
def test_the_level_and_its_cause(
    usage: Usage, level: str, cause: str | None, first: str | None
) -> None:
    known = status.status(ACCOUNT, Snapshot("x", usage, NOW), SETTINGS)
    assert known.level == level
    assert (known.reason.kind if known.reason else None) == cause
    assert (known.headline.label if known.headline else None) == first


SPENT = share("Weekly", "0")
WEEKLY = share("Weekly", "15")
WALLET = reserve("125")


@pytest.mark.parametrize(
    ("usage", "reason"),
    [
        (Usage((WEEKLY,)), Reason("low", WEEKLY, limit=Decimal(20))),
        (Usage((share("Weekly", "5"),)), Reason("nearly", share("Weekly", "5"), limit=Decimal(5))),
        (Usage((share("Weekly", "40"),)), Reason("threshold", share("Weekly", "40"), limit=OWN)),
        (Usage((SPENT,)), Reason("spent", SPENT)),
        (Usage((replace(SPENT, remaining=None),)), Reason("spent", replace(SPENT, remaining=None))),
        (Usage((replace(UNLIMITED, remaining=Decimal(0)),)), None),
        (Usage((SPENT, PAY_AS_YOU_GO)), Reason("reserve", SPENT, reserve="Pay-as-you-go")),
        (Usage((SPENT,), (money("0"), WALLET)), Reason("reserve", SPENT, WALLET)),
        (Usage(balances=(money("-1"),)), Reason("owed", balance=money("-1"))),
        (Usage(balances=(money("0"),)), Reason("empty", balance=money("0"))),
        (Usage(balances=(money("0"), WALLET)), Reason("reserve", balance=WALLET)),
        (Usage(balances=(money("1", low=True),)), Reason("alert", balance=money("1", low=True))),
        (Usage(balances=(money("49"),)), Reason("threshold", balance=money("49"), limit=OWN)),
        (Usage(balances=(money("50"),)), Reason("threshold", balance=money("50"), limit=OWN)),
        (Usage(balances=(money("50.01"),)), None),
        (Usage((TOLD_ONLY_USE,)), Reason("untold")),
        (Usage((count("50"),)), Reason("threshold", count("50"), limit=OWN)),
        (Usage((count("50.01"),)), None),
        (Usage((count("0"),)), Reason("spent", count("0"))),
        (Usage((UNLIMITED,), (money("0"),)), None),
        (Usage((PAY_AS_YOU_GO,)), None),
        (Usage((replace(SPENT, role="reserve"),)), Reason("spent", replace(SPENT, role="reserve"))),
        (Usage((SPENT,), blocked=BLOCKED), Reason("blocked")),
    ],
)
def test_the_cause_names_what_it_is_about(usage: Usage, reason: Reason | None) -> None:
    account = replace(ACCOUNT, threshold=OWN)
    known = status.status(account, Snapshot("x", usage, NOW), SETTINGS)
    assert known.reason == reason
    assert (known.level == "plenty") == (reason is None)


@pytest.mark.parametrize(
    ("reserve_quota", "pays"),
    [
        (replace(TOLD_ONLY_USE, role="reserve", remaining=Decimal(1)), True),
        (replace(TOLD_ONLY_USE, role="reserve", remaining=Decimal(0)), False),
        (replace(UNLIMITED, role="reserve"), True),
        (replace(UNLIMITED, role="reserve", alert=True), False),
        (replace(PAY_AS_YOU_GO, remaining=Decimal(0)), False),
        (replace(PAY_AS_YOU_GO, remaining=None), False),
    ],
)
def test_a_reserve_pays_as_long_as_it_has_room(reserve_quota: Quota, pays: bool) -> None:
    known = status.status(ACCOUNT, Snapshot("x", Usage((SPENT, reserve_quota)), NOW), SETTINGS)
    assert (known.reason is not None and known.reason.kind == "reserve") is pays
    assert known.level == ("low" if pays else "critical")


def test_a_failure_keeps_the_headline_and_says_that_it_failed() -> None:
    quota = share("Weekly", "41")
    kinds: dict[FailureKind, str] = {"unreachable": "unknown", "credential_expired": "error"}
    for kind, level in kinds.items():
        known = status.status(ACCOUNT, snapshot(quota, failure=failure(kind)), SETTINGS)
        assert (known.level, known.reason, known.headline) == (level, Reason("failed"), quota)
        assert known.needs_user == (level == "error")
    low = status.status(ACCOUNT, snapshot(WEEKLY, failure=failure("unreachable")), SETTINGS)
    assert (low.level, low.headline) == ("low", WEEKLY)
    assert low.reason == Reason("low", WEEKLY, limit=Decimal(20))
    assert status.status(ACCOUNT, Snapshot("x"), SETTINGS).reason == Reason("never")


def test_a_blocked_account_comes_before_a_critical_one() -> None:
    usage = Usage((share("Weekly", "90"),), blocked=BLOCKED)
    keys = [
        status.status(ACCOUNT, known, SETTINGS).urgency
        for known in (
            Snapshot("x", failure=failure("no_credential")),
            Snapshot("x", usage, NOW),
            snapshot(share("Weekly", "-50")),
            snapshot(share("Weekly", "4")),
        )
    ]
    assert keys == sorted(keys)
    assert len(set(keys)) == 4


@given(
    st.lists(st.tuples(st.integers(-20, 120), st.sampled_from(ROLES), st.booleans()), max_size=4),
    st.lists(st.integers(-3, 3), max_size=2),
    st.none() | st.just(BLOCKED),
)
def test_every_level_other_than_plenty_has_a_cause(
    told: Sequence[tuple[int, Role, bool]], amounts: Sequence[int], blocked: WorkBlocked | None
) -> None:
    quotas = tuple(
        replace(share(str(i), str(left)), role=role, alert=alert)
        for i, (left, role, alert) in enumerate(told)
    )
    usage = Usage(quotas, tuple(money(str(amount)) for amount in amounts), blocked=blocked)
    known = status.status(ACCOUNT, Snapshot("x", usage, NOW), SETTINGS)
    assert (known.reason is None) == (known.level == "plenty")
    assert known.is_blocked == (blocked is not None)


def test_a_block_that_ends_is_asked_after() -> None:
    until = NOW + MINUTE
    known = Snapshot("x", Usage(blocked=replace(BLOCKED, until=until)), FETCHED)
    assert status.status(ACCOUNT, known, SETTINGS).due_at == until
    assert status.status(ACCOUNT, known, SETTINGS).is_stale(until)


def test_the_most_urgent_is_first() -> None:
    order = [
        Snapshot("x", failure=failure("no_credential")),
        snapshot(share("Weekly", "1")),
        snapshot(share("Weekly", "12")),
        snapshot(share("Weekly", "21")),
        snapshot(share("Weekly", "90")),
        Snapshot("x"),
    ]
    keys = [status.status(ACCOUNT, known, SETTINGS).urgency for known in order]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("known", "due"),
    [
        pytest.param(snapshot(), FETCHED + 5 * MINUTE, id="after-the-interval"),
        pytest.param(
            snapshot(share("5 hours", "9", MINUTE)), NOW + MINUTE, id="right-after-a-reset"
        ),
        pytest.param(
            snapshot(share("5 hours", "9", -60 * MINUTE)), FETCHED + 5 * MINUTE, id="old-reset"
        ),
        pytest.param(
            snapshot(failure=failure("unreachable")), NOW + 5 * MINUTE, id="after-a-failure"
        ),
        pytest.param(
            snapshot(failure=failure("rate_limited", retry=30 * MINUTE)),
            NOW + 30 * MINUTE,
            id="retry-after",
        ),
        *(
            pytest.param(snapshot(failure=failure(kind)), NOW + 60 * MINUTE, id=f"patience-{kind}")
            for kind in NEEDS_USER
        ),
        pytest.param(
            snapshot(share("5 hours", "9", 0 * MINUTE), failure=failure("unreachable")),
            NOW + 5 * MINUTE,
            id="tried-at-a-reset",
        ),
        pytest.param(Snapshot("x", fetched_at=FETCHED), FETCHED + 5 * MINUTE, id="no-numbers"),
    ],
)
def test_when_an_account_is_asked_again(known: Snapshot, due: datetime) -> None:
    assert status.status(ACCOUNT, known, SETTINGS).due_at == due


@pytest.mark.parametrize("kind", NEEDS_USER)
def test_what_only_the_user_can_mend_is_an_error_whatever_is_left(kind: FailureKind) -> None:
    known = snapshot(share("Weekly", "41"), failure=failure(kind))
    assert status.status(ACCOUNT, known, SETTINGS).level == "error"


def test_an_account_without_a_share_is_as_urgent_as_a_full_one() -> None:
    full, unlimited = (snapshot(quota) for quota in (share("Weekly", "100"), UNLIMITED))
    assert (
        status.status(ACCOUNT, full, SETTINGS).urgency
        == status.status(ACCOUNT, unlimited, SETTINGS).urgency
    )


def test_what_was_never_asked_is_due() -> None:
    assert status.status(ACCOUNT, Snapshot("x"), SETTINGS).due_at.timestamp() == 0


def test_a_reset_that_has_passed_is_no_reason_to_ask_for_ever() -> None:
    known = snapshot(share("5 hours", "9", -MINUTE), failure=failure("unreachable"))
    assert status.status(ACCOUNT, known, SETTINGS).due_at == NOW + 5 * MINUTE


def test_a_provider_may_ask_for_longer() -> None:
    tavily = replace(discovery.about("tavily"), interval=1800)
    assert status.status(ACCOUNT, snapshot(), SETTINGS, tavily).due_at == FETCHED + 30 * MINUTE
    rarely = Settings(interval=7200)
    assert status.status(ACCOUNT, snapshot(), rarely, tavily).due_at == FETCHED + 120 * MINUTE


@pytest.mark.parametrize(("account", "known"), SIX, ids=[account.provider for account, _ in SIX])
def test_every_kind_of_account_is_well(account: Account, known: Snapshot) -> None:
    expected = {"chatgpt": "low"}.get(account.provider, "plenty")
    expected = {"openai": "unknown"}.get(account.provider, expected)
    assert status.status(account, known, SETTINGS).level == expected


def test_a_wait_that_a_provider_asked_for_does_not_hide_that_numbers_are_wanted() -> None:
    waiting = snapshot(failure=failure("rate_limited", retry=30 * MINUTE))
    found = status.status(ACCOUNT, waiting, SETTINGS)
    assert (found.wanted_at, found.retry_at) == (NOW + 5 * MINUTE, NOW + 30 * MINUTE)


def test_the_quotas_are_kept_as_they_are_arranged() -> None:
    quotas = (side("1"), share("5 hours", "72"), share("Weekly", "41"))
    found = status.status(ACCOUNT, snapshot(*quotas), SETTINGS)
    assert found.quotas == status.arranged(quotas)
    assert status.status(ACCOUNT, Snapshot("x"), SETTINGS).quotas == ()


def test_without_a_plan_the_reserve_is_the_headline() -> None:
    reserve_quota = replace(UNLIMITED, role="reserve")
    assert status.headline([side("1"), reserve_quota]) == reserve_quota


@pytest.mark.parametrize(("left", "kind"), [("0.5", "nearly"), ("0", "reserve")])
def test_half_a_percent_is_not_used_up(left: str, kind: str) -> None:
    found = status.status(ACCOUNT, snapshot(share("Plan", left), PAY_AS_YOU_GO), SETTINGS)
    assert found.reason is not None
    assert found.reason.kind == kind


@pytest.mark.parametrize(
    ("left", "level"), [("0.5", "critical"), ("5", "critical"), ("5.1", "low")]
)
def test_a_reserve_of_few_percent_is_nearly_gone(left: str, level: str) -> None:
    reserve_quota = replace(share("Pay-as-you-go", left), role="reserve")
    found = status.status(ACCOUNT, snapshot(PLAN_SPENT, reserve_quota), SETTINGS)
    assert (found.level, found.reason and found.reason.kind) == (level, "reserve")
