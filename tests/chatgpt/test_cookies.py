from __future__ import annotations

import pytest

from tests.said import both
from workflow.chatgpt import cookies
from workflow.errors import Mistake

NAME = "__Secure-next-auth.session-token"
OTHER = "__Secure-authjs.session-token"
TOKEN = "eyJhbGciOiJkaXIifQ..iv00000000.ciphertext00000000.tag00000000"
FIRST, SECOND = TOKEN[:40], TOKEN[40:]


def header(text: str) -> str:
    session = cookies.session(cookies.pairs(text))
    assert session is not None
    return session.cookie


@pytest.mark.parametrize("name", [NAME, OTHER])
def test_chunks_are_sent_in_numeric_order(name: str) -> None:
    parts = [f"{name}.{n}={'x' * 20}{n}" for n in range(12)]
    assert header("; ".join([parts[11], parts[2], *parts[:2], *parts[3:11]])) == "; ".join(parts)


def test_what_decides_the_answer_is_kept_and_nothing_else() -> None:
    kept = "cf_clearance=a; __cf_bm=b; oai-did=c; _account=d; __Host-next-auth.csrf-token=e%7Cf"
    assert (
        header(f"_ga=1; {kept}; x_account=2; {NAME}={TOKEN}; _puid=3") == f"{NAME}={TOKEN}; {kept}"
    )


def test_a_header_is_bounded_and_the_session_comes_first() -> None:
    found = {NAME: TOKEN, "cf_clearance": "x" * cookies.MAX_COOKIE_HEADER, "oai-did": "c"}
    session = cookies.session(found)
    assert session is not None
    assert session.cookie == f"{NAME}={TOKEN}; oai-did=c"


@pytest.mark.parametrize(
    ("value", "workspace"),
    [
        ("00000000-aaaa-4bbb-8ccc-000000000002", "00000000-aaaa-4bbb-8ccc-000000000002"),
        ("personal", ""),
        ("user-0123456789", ""),
        ("", ""),
    ],
)
def test_the_account_cookie_selects_the_workspace(value: str, workspace: str) -> None:
    session = cookies.session({NAME: TOKEN, "_account": value})
    assert session is not None
    assert session.workspace == workspace


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        pytest.param({f"{NAME}.1": SECOND}, ".0", id="first"),
        pytest.param({f"{NAME}.0": FIRST}, ".1", id="second"),
        pytest.param({f"{NAME}.0": FIRST, f"{NAME}.2": SECOND}, ".1", id="between"),
    ],
)
def test_a_missing_chunk_is_named(found: dict[str, str], missing: str) -> None:
    with pytest.raises(Mistake) as caught:
        cookies.session(found)
    for words in both(caught.value.message):
        assert f"{NAME}{missing}" in words
        assert FIRST not in words


@pytest.mark.parametrize(
    "value",
    ["short", "x" * 20000, "x" * 30 + "\x07", "x" * 30 + "é", "x" * 30 + "…"],
    ids=["short", "long", "control", "accent", "shortened"],
)
def test_a_damaged_session_is_refused(value: str) -> None:
    with pytest.raises(Mistake):
        cookies.session({NAME: value})


def test_a_complete_cookie_wins_over_leftover_chunks() -> None:
    session = cookies.session({NAME: TOKEN, f"{NAME}.1": SECOND})
    assert session is not None
    assert (session.cookie, session.chunks) == (f"{NAME}={TOKEN}", 1)


def test_without_a_session_there_is_none() -> None:
    assert cookies.session({"oai-did": "c"}) is None
    assert cookies.pairs("nothing here") == {}


def test_a_bare_token_can_be_renamed_once() -> None:
    cookie = cookies.named(TOKEN)
    assert cookie == f"{NAME}={TOKEN}"
    assert cookies.renamed(cookie) == f"{OTHER}={TOKEN}"
    assert cookies.renamed(cookies.renamed(cookie)) == ""
    assert cookies.renamed(f"{cookie}; oai-did=c") == ""
    assert cookies.renamed(f"{NAME}.0={FIRST}; {NAME}.1={SECOND}") == ""
    assert cookies.session_cookie_names() == (NAME, OTHER)


def test_a_session_never_shows_itself() -> None:
    assert TOKEN not in repr(cookies.session({NAME: TOKEN, "_account": "abc12345"}))
