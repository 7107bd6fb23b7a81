"""An address that the user gives: how it is kept, and which ones may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.errors import Mistake
from workflow.provider import address


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("relay.example", "https://relay.example"),
        (" 'https://Relay.Example/' ", "https://relay.example"),
        ("https://relay.example:443/v1", "https://relay.example"),
        ("https://relay.example:8443/one/v1/chat/completions", "https://relay.example:8443/one"),
        ("https://relay.example/api/", "https://relay.example"),
        ("https://relay.example/v1/messages", "https://relay.example"),
        ("https://中转.example/v1", "https://xn--fiqq40n.example"),
        ("http://127.0.0.1:3000/v1", "http://127.0.0.1:3000"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:4000", "http://[::1]:4000"),
        ("http://192.168.1.5:3000", "http://192.168.1.5:3000"),
        ("http://nas.local", "http://nas.local"),
        ("http://[fd00::1]:3000", "http://[fd00::1]:3000"),
        ("http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]"),
    ],
)
def test_an_address_is_written_in_one_way(told: str, kept: str) -> None:
    assert address.normalised(told) == kept
    assert address.normalised(kept) == kept


@pytest.mark.parametrize(
    "told",
    [
        "",
        "ftp://relay.example",
        "https://",
        "https://user:pass@relay.example",
        "https://relay.example/?key=1",
        "https://relay.example/#x",
        "https://relay.example:99999",
        "https://relay.example/a b",
        "https://relay.example/../x/..%2f",
        "http://relay.example",
        "http://8.8.8.8",
        "http://0.0.0.0",
        "http://[::]",
        "http://[::ffff:8.8.8.8]",  # these four are private to Python's ipaddress, of some versions
        "http://[2002:808:808::1]",
        "http://[2001::1]",
        "http://203.0.113.1",
        "http://localhost.evil.example",
        "http://192.168.1.5.evil.example",
        "https://" + "a" * 400,
        "https://a..b\u202e",
        "sk-1234567890abcdef",  # a key, pasted too early
        "https://stra\u00dfe.example",  # browsers go to another domain than IDNA 2003 names
        "https://\u03b2\u03cc\u03bb\u03bf\u03c2.example",
    ],
)
def test_what_is_none_is_refused(told: str) -> None:
    with pytest.raises(Mistake):
        address.normalised(told)


def test_only_a_plain_address_of_another_machine_is_asked_about() -> None:
    assert address.wants_asking("http://192.168.1.5:3000")
    assert address.wants_asking("http://nas.local")
    assert not address.wants_asking("http://127.0.0.1:3000")
    assert not address.wants_asking("https://192.168.1.5")


@given(st.text(max_size=60))
def test_whatever_is_told_is_an_address_or_a_mistake(told: str) -> None:
    try:
        kept = address.normalised(told)
    except Mistake:
        return
    assert address.normalised(kept) == kept
    assert kept.startswith("https://") or address.may_be_plain(address.host(kept).rpartition(":")[0] or address.host(kept))  # fmt: skip
