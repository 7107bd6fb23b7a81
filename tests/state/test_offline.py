"""Whether this machine is offline, as far as the failures of the accounts show."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.said import Phrase
from workflow.errors import FailureKind
from workflow.models import Account, CredentialKind, Failure, Snapshot, Usage
from workflow.state import offline

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=timezone.utc)
Known = tuple[Account, Snapshot]


def known(
    name: str, failure: FailureKind | None, minutes: float = 0, kind: CredentialKind = "api_key"
) -> Known:
    """Make an account that answered, or failed, this many minutes ago."""
    provider = name.partition("-")[0]
    at = NOW - timedelta(minutes=minutes)
    failed = Failure(failure, Phrase("why", "原因"), at) if failure else None
    good = NOW - timedelta(hours=3) if failure else at
    return Account(name, provider, name, kind=kind), Snapshot(name, Usage(), good, failed)


LOST = [known("glm-1", "unreachable"), known("kimi-1", "unreachable", 4)]


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([], id="all"),
        pytest.param([known("openai-1", "credential_rejected", 30)], id="refused-before"),
        pytest.param([known("openai-1", "store_locked")], id="a-failure-of-this-machine"),
        pytest.param([known("openai-1", "no_credential")], id="no-credential"),
        pytest.param([known("tavily-1", None, 6)], id="answered-before"),
        pytest.param([known("codex-1", None, kind="none")], id="nobody-is-asked"),
        pytest.param([(Account("x-1", "x", "X"), Snapshot("x-1"))], id="never-asked"),
    ],
)
def test_without_a_connection_nobody_is_reached(others: list[Known]) -> None:
    assert offline.lost([*LOST, *others]) == {"glm-1", "kimi-1"}


@pytest.mark.parametrize(
    "accounts",
    [
        pytest.param(LOST[:1], id="one"),
        pytest.param([*LOST, known("tavily-1", None)], id="another-answers"),
        pytest.param([*LOST, known("tavily-1", None, 4.9)], id="in-the-same-round"),
        pytest.param([*LOST, known("openai-1", "credential_rejected", 2)], id="another-refuses"),
        pytest.param(
            [LOST[0], known("glm-2", "unreachable"), known("kimi-2", "store_locked")],
            id="one-provider-of-several",
        ),
    ],
)
def test_who_is_not_reached_may_be_away(accounts: list[Known]) -> None:
    assert offline.lost(accounts) == frozenset()


def test_accounts_of_one_provider_alone() -> None:
    both = [LOST[0], known("glm-2", "unreachable")]
    assert offline.lost(both) == {"glm-1", "glm-2"}
    assert offline.lost([*both, known("codex-1", None, kind="none")]) == {"glm-1", "glm-2"}
