from __future__ import annotations

from datetime import timedelta

import pytest

from tests.providers.contract import NOW, answer
from tests.said import Phrase, both
from workflow.errors import (
    Blocked,
    CredentialRejected,
    NotAvailable,
    ProviderFailed,
    RateLimited,
    UnexpectedResponse,
    UsageError,
)
from workflow.provider.refusals import Table, clearer, refusal

SPENT = Phrase("{provider}: spent; wait", "{provider}：已用完；请等待")
TABLE: Table = {
    7: (RateLimited, SPENT),
    "no_plan": (NotAvailable, None),
    "no key": (CredentialRejected, None),
    432: (RateLimited, None),
}


def test_a_code_is_looked_up_with_its_sentence_and_its_wait() -> None:
    error = refusal(answer(200, {}, retry_after="60"), TABLE, 7)
    assert isinstance(error, RateLimited)
    assert error.message == SPENT
    assert error.retry_at == NOW + timedelta(seconds=60)
    told = refusal(answer(400, {}), TABLE, None, "no_plan")
    assert isinstance(told, NotAvailable)
    assert told.message == NotAvailable.default


def test_a_sign_comes_before_a_code_and_a_code_before_the_status() -> None:
    assert isinstance(refusal(answer(500), TABLE, 7, message="there is no key"), CredentialRejected)
    assert isinstance(refusal(answer(500), TABLE, 7), RateLimited)
    assert isinstance(refusal(answer(432, {}), TABLE, 432), RateLimited)
    assert isinstance(refusal(answer(500), TABLE, 8), ProviderFailed)


def test_an_edge_comes_before_everything() -> None:
    page = "<!doctype html><title>Just a moment...</title>"
    assert isinstance(refusal(answer(403, page, content_type="text/html"), TABLE, 7), Blocked)


def test_an_unknown_code_is_quoted_unless_the_status_tells() -> None:
    told = refusal(answer(200, {"message": "odd"}), TABLE, 9, unknown=9)
    assert isinstance(told, UnexpectedResponse)
    assert "9" in both(told.message)[0]
    assert "odd" in both(told.message)[1]
    assert isinstance(refusal(answer(503, {}), TABLE, 9, unknown=9), ProviderFailed)
    assert refusal(answer(200, {}), TABLE, None) is None


def test_a_credential_refused_without_a_code_has_the_providers_sentence() -> None:
    own = Phrase("{provider}: wrong region; check it", "{provider}：地区不符；请核对")
    told = refusal(answer(401, {"message": "region mismatch"}), TABLE, rejected=own)
    assert told is not None
    assert both(told.message)[0] == "{provider}: wrong region (“region mismatch”); check it"


@pytest.mark.parametrize(
    ("main", "other", "shown"),
    [
        (CredentialRejected(), NotAvailable(), NotAvailable),
        (UnexpectedResponse(), RateLimited(), RateLimited),
        (CredentialRejected(), UnexpectedResponse(), CredentialRejected),
        (NotAvailable(), CredentialRejected(), NotAvailable),
    ],
)
def test_of_two_failures_the_telling_one(
    main: UsageError, other: UsageError, shown: type[UsageError]
) -> None:
    assert type(clearer(main, other)) is shown
