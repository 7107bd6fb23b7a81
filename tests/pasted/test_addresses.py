"""Finding the address that a credential was used with."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.pasted import addresses
from workflow.pasted.addresses import Surroundings

KEY = "THE-KEY"


def beside(text: str, name: str = "") -> str | None:
    found = Surroundings(text).beside(text.index(KEY), name)
    return found.host if found else None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        pytest.param(f"curl https://api.a.example/v1 -H 'x: {KEY}'", "api.a.example", id="curl"),
        pytest.param(f"curl -H 'x: {KEY}' https://user:pw@a.example:8443/", "a.example", id="behind"),
        pytest.param(f"curl -x http://127.0.0.1:78 https://a.example -b {KEY}", "a.example", id="proxy"),
        pytest.param(f"curl -X POST https://a.example -b {KEY}", "a.example", id="method"),
        pytest.param(f"curl --noproxy '*' https://a.example -b {KEY}", "a.example", id="no proxy"),
        pytest.param(f"curl --proxy '' https://a.example -b {KEY}", "a.example", id="empty proxy"),
        pytest.param(f"curl -x p:78 https://a.example -b {KEY}", "a.example", id="bare proxy"),
        pytest.param(f"-Proxy 'http://127.0.0.1:78'\n{KEY}", None, id="only a proxy's option"),
        pytest.param(f"http_proxy=http://127.0.0.1:78\n{KEY}", None, id="only a proxy"),
        pytest.param(f"curl -b {KEY} https://a.example\ncurl https://b.example", "a.example", id="two"),
        pytest.param(f"curl https://a.example\ncurl -b {KEY} https://b.example", "b.example", id="2nd"),
        pytest.param(f"curl https://a.example -d 'image: https://b.example' {KEY}", "a.example", id="body"),
        pytest.param(f'fetch("https://a.example/x", {{"cookie": "{KEY}"}})', "a.example", id="fetch"),
        pytest.param(f"GET /x HTTP/1.1\nHost: a.example\nCookie: {KEY}", "a.example", id="request"),
        pytest.param(f":authority\na.example\ncookie\n{KEY}", "a.example", id="copied headers"),
        pytest.param(f"base_url = a.example/v1\nkey = {KEY}", "a.example", id="no scheme"),
        pytest.param(f"apiHost: localhost:3000\nkey: {KEY}", "localhost", id="localhost"),
        pytest.param(f"[a]\nurl=https://a.example\n[b]\nkey={KEY}\nurl=https://b.example", "b.example", id="toml"),
        pytest.param(f"see https://docs.example and {KEY}", None, id="prose"),
        pytest.param(f"# url: https://a.example\n{KEY}", None, id="comment"),
        pytest.param(f"referer: https://a.example/\n{KEY}", None, id="referer"),
        pytest.param(f'"image": "https://a.example/x.png", {KEY}', None, id="picture"),
    ],
)  # fmt: skip
def test_the_address_of_the_same_request_or_section(text: str, host: str | None) -> None:
    assert beside(text) == host


def test_variables_of_one_service_belong_together() -> None:
    text = f"A_BASE_URL=https://a.example\nB_API_KEY={KEY}\nB_URL=https://b.example"
    assert beside(text, "A_API_KEY") == "a.example"
    assert beside(text, "B_API_KEY") == "b.example"
    assert beside(text, "C_API_KEY") is None
    assert addresses.stem("OPENAI_ADMIN_KEY") == "OPENAI"
    assert addresses.stem("apiKey") == addresses.stem("KEY") == ""


def test_what_is_merely_mentioned_is_told_apart() -> None:
    text = f"referer: https://a.example/\nand https://b.example {KEY}"
    around = Surroundings(text)
    nearest, said = around.mentioned(len(text)), around.mentioned(len(text), "refer")
    assert nearest is not None
    assert nearest.host == "b.example"
    assert said is not None
    assert said.host == "a.example"
    assert around.hosts() == ["a.example", "b.example"]


@settings(database=None, deadline=None)
@given(st.text(max_size=200), st.text(max_size=20), st.integers(0, 200))
def test_any_text_is_read(text: str, name: str, at: int) -> None:
    around = Surroundings(f"{text} https://{text}")
    around.beside(at, name), around.mentioned(at), around.block(at)
    addresses.named(name, text)
