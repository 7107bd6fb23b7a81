"""Sessions in pasted text: cookie stores, exports, table rows; told apart by store, domain and expiry."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from workflow.chatgpt import cookies, jars
from workflow.pasted import cleaning
from workflow.recognition import chatgpt_login

NAME = "__Secure-next-auth.session-token"
TOKEN = "eyJhbGciOiJkaXIifQ..iv00000000.ciphertext00000000.tag00000000"
FIRST, SECOND = TOKEN[:40], TOKEN[40:]


def netscape(*rows: tuple[str, str, str]) -> str:
    lines = (
        f"{domain}\tTRUE\t/\tTRUE\t1799999999\t{name}\t{value}" for domain, name, value in rows
    )
    return "\n".join(["# Netscape HTTP Cookie File", "", *lines])


def header(text: str, document: object = None) -> str:
    found = jars.jars(text, document, cleaning.parts(text, document))
    (jar,) = [jar for jar in found if jar.is_ours and jar.has_session()]
    session = cookies.session(jar.values)
    assert session is not None
    return session.cookie


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{NAME}={TOKEN}", id="pair"),
        pytest.param(f"Cookie: a=b; {NAME}={TOKEN}; c=d", id="header"),
        pytest.param(f"{NAME}\t{TOKEN}\t.chatgpt.com\t/\t2027-01-02", id="row of DevTools"),
        pytest.param(f"{NAME} {TOKEN}", id="row with spaces"),
        pytest.param(f'{NAME}:"{TOKEN}"', id="Firefox"),
        pytest.param(f'new Cookie("{NAME}", "{TOKEN}", "/", "chatgpt.com")', id="PowerShell"),
        pytest.param(f'[{{"name": "{NAME}", "value": "{TOKEN}"}}] junk', id="broken JSON"),
        pytest.param(netscape((".chatgpt.com", NAME, TOKEN)), id="Netscape"),
        pytest.param(netscape(("#HttpOnly_.chatgpt.com", NAME, TOKEN)), id="Netscape HttpOnly"),
        pytest.param(
            netscape((".chatgpt.com", NAME, TOKEN), (".other.example", NAME, "x" * 40)),
            id="Netscape with another site",
        ),
    ],
)
def test_a_session_is_found(text: str) -> None:
    assert header(text) == f"{NAME}={TOKEN}"


@pytest.mark.parametrize(
    "document",
    [
        pytest.param([{"name": NAME, "value": TOKEN, "domain": ".chatgpt.com"}], id="array"),
        pytest.param({"cookies": [{"name": NAME, "value": TOKEN}]}, id="object with cookies"),
        pytest.param({NAME: TOKEN, "other": 1}, id="names and values"),
        pytest.param(
            [None, 3, {"name": 5, "value": []}, {"name": NAME, "value": TOKEN}], id="junk"
        ),
        pytest.param(
            [
                {"name": NAME, "value": TOKEN, "domain": "chat.openai.com"},
                {"name": NAME, "value": "x" * 40, "domain": "notchatgpt.com"},
            ],
            id="another site",
        ),
    ],
)
def test_an_export_is_read(document: object) -> None:
    assert header(json.dumps(document), document) == f"{NAME}={TOKEN}"


# ---- stores, domains and ends

NOW = datetime(2026, 11, 28, tzinfo=timezone.utc)
PAST, FUTURE = NOW.timestamp() - 60, NOW.timestamp() + 86400


def token(letter: str, length: int = 60) -> str:
    """A session token that can be recognised by its letters."""
    return f"eyJhbGciOiJkaXIifQ..{letter * 16}.{letter * length}.{letter * 22}"


def entry(name: str, value: str, **more: object) -> dict[str, object]:
    return {"name": name, "value": value, "domain": ".chatgpt.com", "path": "/", **more}


def chunked(letter: str, **more: object) -> list[dict[str, object]]:
    whole = token(letter)
    return [entry(f"{NAME}.0", whole[:50], **more), entry(f"{NAME}.1", whole[50:], **more)]


def logins(document: object, now: datetime = NOW) -> list[str]:
    """Return the session tokens that are found in an export."""
    text = json.dumps(document)
    found = chatgpt_login.find(text, document, cleaning.parts(text, document), now)
    sessions = (cookies.session(cookies.pairs(one.credential.cookie)) for one in found.logins)
    return [held.token for held in sessions if held]


def trouble(text: str, document: object = None) -> str:
    found = chatgpt_login.find(text, document, cleaning.parts(text, document), NOW)
    assert found.logins == ()
    assert found.trouble is not None
    return found.trouble[0]


STORES: dict[str, dict[str, object]] = {
    "A": {"storeId": "0", "domain": ".chatgpt.com"},
    "B": {"storeId": "0", "domain": "chatgpt.com"},
    "C": {"storeId": "0", "domain": "chat.openai.com"},
    "D": {"storeId": "1", "domain": ".chatgpt.com"},
    "E": {"storeId": "0", "domain": ".site.example"},
    "F": {"storeId": "0", "domain": "auth.chatgpt.com"},
}
PIECES = [(letter, part) for letter in STORES for part in (0, 1, 2)]


def piece(letter: str, part: int, **more: object) -> dict[str, object]:
    """A session in a store: its first chunk, its second one, or the whole."""
    whole = token(letter)
    name = NAME if part == 2 else f"{NAME}.{part}"
    return entry(name, (whole[:50], whole[50:], whole)[part], **more)


@settings(database=None, deadline=None, max_examples=scaled(300))
@given(
    st.lists(st.sampled_from(PIECES), unique=True),
    st.lists(st.sampled_from([PAST, FUTURE]), min_size=18, max_size=18),
)
def test_parts_of_two_stores_are_never_mixed(
    pieces: list[tuple[str, int]], ends: list[float]
) -> None:
    document = [
        piece(letter, part, expirationDate=end, **STORES[letter])
        for (letter, part), end in zip(pieces, ends)
    ]
    assert set(logins(document)) <= {token(letter) for letter in "ABCD"}


@settings(database=None, deadline=None, max_examples=scaled(100))
@given(st.permutations([(letter, part) for letter in "ABC" for part in (0, 1)]), st.booleans())
def test_parts_that_nothing_tells_apart_are_never_mixed(
    pieces: list[tuple[str, int]], rows: bool
) -> None:
    told = [piece(letter, part) for letter, part in pieces]
    text = ("\n" if rows else "; ").join(f"{each['name']}={each['value']}" for each in told)
    found = chatgpt_login.find(text, None, cleaning.parts(text, None), NOW)
    blocks = [{part for _, part in pieces[at : at + 2]} for at in (0, 2, 4)]
    if blocks == [{0, 1}] * 3:  # as three logins that are listed below each other
        assert len(found.logins) == 3
    else:
        assert (found.logins, found.trouble is None) == ((), False)


def test_two_containers_are_two_logins() -> None:
    document = [*chunked("A", storeId="0"), *chunked("B", storeId="1")]
    assert logins(document) == [token("A"), token("B")]


def test_chatgpt_com_comes_before_the_old_address() -> None:
    document = [*chunked("A", domain="chat.openai.com"), *chunked("B")]
    assert logins(document) == [token("B")]
    assert logins(document[:2]) == [token("A")]


def test_what_chatgpt_com_is_not_sent_is_no_session_of_it() -> None:
    for where in ({"domain": "auth.chatgpt.com"}, {"domain": "platform.openai.com"}):
        assert logins(chunked("A", **where)) == []
    assert logins(chunked("A", path="/elsewhere")) == []


def test_an_expired_cookie_is_left_out() -> None:
    old = [entry(f"{NAME}.2", "left over", expirationDate=PAST)]
    fresh = chunked("A", expirationDate=FUTURE)
    assert logins([*old, *fresh]) == [token("A")]
    gone = chunked("A", expirationDate=PAST)
    assert "has expired" in trouble(json.dumps(gone), gone)
    assert logins(gone, NOW - timedelta(days=1)) == [token("A")]


@pytest.mark.parametrize(
    "fields", [("domain", "expiry"), ("host", "expires"), ("Host raw", "Expires raw")]
)
def test_exports_name_their_fields_in_several_ways(fields: tuple[str, str]) -> None:
    host, ends = fields
    raw = " raw" if "raw" in host else ""
    name, value = (f"Name{raw}", f"Content{raw}") if raw else ("name", "value")
    document = [
        {
            name: NAME,
            value: token("A"),
            host: "https://chatgpt.com/" if raw else "chatgpt.com",
            ends: FUTURE,
        }
    ]
    assert logins(document) == [token("A")]
    document[0][host] = "https://site.example/" if raw else "site.example"
    assert logins(document) == []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(token("A")[:-1], id="last letter"),
        pytest.param(token("A")[:60], id="half"),
        pytest.param(token("A")[:-23], id="last part"),
        pytest.param("a" * 40, id="no token"),
        pytest.param("abc", id="short"),
    ],
)
def test_a_cut_session_is_incomplete(value: str) -> None:
    assert "incomplete" in trouble(f"{NAME}={value}")
    assert "incomplete" in trouble(f"{NAME}.0={value[:9]}; {NAME}.1={value[9:]}")
    document = [entry(NAME, value)]
    assert "incomplete" in trouble(json.dumps(document), document)


def test_shuffled_rows_of_two_logins_are_refused() -> None:
    a, b = token("A"), token("B")
    rows = [
        f"{NAME}.0\t{a[:50]}",
        f"{NAME}.0\t{b[:50]}",
        f"{NAME}.1\t{a[50:]}",
        f"{NAME}.1\t{b[50:]}",
    ]
    assert "mixed" in trouble("\n".join(rows))
    in_order = "\n".join([rows[0], rows[2], rows[1], rows[3]])
    found = chatgpt_login.find(in_order, None, cleaning.parts(in_order, None))
    assert len(found.logins) == 2


def test_a_jar_never_shows_itself() -> None:
    (jar,) = jars.jars(f"{NAME}={TOKEN}")
    assert TOKEN not in repr(jar)
