"""The state at one time: each account's status is computed once for all that show it."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.examples import NOW, SIX, install
from tests.syntax import walked
from workflow.alfred import publish
from workflow.display import details, json_report, summary
from workflow.history import recording
from workflow.models import Account, Snapshot
from workflow.provider import discovery
from workflow.records import replace
from workflow.settings import Settings
from workflow.state import ranking
from workflow.state import state as states
from workflow.state.state import State
from workflow.state.status import FOREVER, status
from workflow.storage.accounts import Accounts


def of(*known: tuple[Account, Snapshot], **chosen: Any) -> State:
    return State(
        Accounts(tuple(account for account, _ in known)),
        {snapshot.account_id: snapshot for _, snapshot in known},
        discovery.everything(),
        Settings(**chosen),
    )


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each account's status is computed."""
    counted: Counter[str] = Counter()

    def counting(account: Account, *more: Any) -> Any:
        counted[account.id] += 1
        return status(account, *more)

    monkeypatch.setattr(states, "status", counting)
    return counted


@pytest.mark.parametrize("order", ["hand", "urgency"])
def test_one_list_works_out_each_status_once(worked_out: Counter[str], order: str) -> None:
    state = of(*SIX, order=order)
    answer = publish.rendered(state)
    publish._header(state, "", NOW)(answer)
    json_report.report(state, NOW)
    summary.summary(state, NOW)
    ranking.ranked(state.everything, NOW)
    for account, _ in SIX:
        details.facts(state, account)
    assert worked_out == {account.id: 1 for account, _ in SIX}


def test_one_account_s_details_work_out_no_other_status(worked_out: Counter[str]) -> None:
    account, _ = SIX[1]
    details.facts(of(*SIX), account)
    assert worked_out == {account.id: 1}


def test_who_foresees_nothing_reads_no_history(home: Path) -> None:
    install(SIX)
    recording.record([snapshot for _, snapshot in SIX], int(NOW.timestamp()), 730)
    asked, shown = states.read(foresee=False, now=lambda: NOW), states.read(now=lambda: NOW)
    assert (bool(asked.history.samples), bool(shown.history.samples)) == (False, True)
    assert not any(known.outlook.paces for known in asked.everything)
    assert [known.status for known in asked.everything] == [k.status for k in shown.everything]


def test_nobody_else_works_a_status_out() -> None:
    read = {"AT_ONCE", "CRITICAL", "FOREVER", "Level", "Reason", "Status"}
    read |= {"is_spent", "left_percent"}  # of one quota, not of an account
    read |= {"low_percent", "measure"}  # of a threshold, whatever the status is
    for path in (*(ROOT / "workflow").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")):
        if path.parent.name == "state":
            continue
        for node in walked(path):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith("state.status"):
                assert {name.name for name in node.names} <= read, path
            elif isinstance(node, ast.ImportFrom) and (node.module or "").endswith("state"):
                assert "status" not in {name.name for name in node.names}, path


def test_other_settings_mean_another_status() -> None:
    state = of(*SIX)
    levels = [known.status.level for known in state.everything]
    cautious = replace(state, settings=Settings(low=100))
    assert levels != [known.status.level for known in cautious.everything]


def test_an_account_without_a_snapshot_is_a_failure_of_its_own() -> None:
    account, snapshot = SIX[0]
    lost = Account("glm-0000000f", "glm", "Lost")
    state = replace(of((account, snapshot)), book=Accounts((account, lost)))
    assert [known.status.level for known in state.everything][1] == "error"
    assert state.of(account).status == status(
        account, snapshot, Settings(), state.of(account).provider
    )


def test_a_face_that_fails_is_told_of_a_failure() -> None:
    state = of(*SIX)
    account = SIX[0][0]

    def tell(known: states.AccountState) -> str:
        if known.snapshot.usage is not None:
            raise ValueError
        assert known.snapshot.failure is not None
        return known.snapshot.failure.kind

    assert state.render(account, tell) == "unexpected_response"


def test_nobody_is_never_due() -> None:
    assert of().due_at() == FOREVER
