from __future__ import annotations

import os
import sys
import urllib.request
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.said import both
from workflow.errors import Mistake
from workflow.system import network
from workflow.system.network import authorities, has_files, is_spared, proxy

HOST = "api.z.ai"


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("socks://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("SOCKS://[::1]:7891", "socks5://[::1]:7891"),
        ("socks://name:pass@proxy.example:1", "socks5://name:pass@proxy.example:1"),
        ("socks5://127.0.0.1:1", "socks5://127.0.0.1:1"),
        ("socks5h://127.0.0.1:1", "socks5h://127.0.0.1:1"),
        ("socks4://127.0.0.1:1", "socks4://127.0.0.1:1"),
        ("https://proxy.example", "https://proxy.example"),
        (" proxy.example:3128 ", "http://proxy.example:3128"),
        ("://", "://"),
        ("", ""),
        (" ", ""),
    ],
)
def test_how_a_proxy_is_read(told: str, read: str) -> None:
    assert proxy({"https": told}) == proxy({"all": told, "http": "no://", "ftp": "no"}) == read


def test_which_proxy_counts() -> None:
    assert (
        proxy({"https": "http://a:1", "all": "http://b:1", "socks": "http://c:1"}) == "http://a:1"
    )
    assert proxy({"all": "http://b:1", "socks": "http://c:1"}) == "http://b:1"
    assert proxy({"http": "http://c:1", "no": "x"}) == proxy({}) == ""


@pytest.mark.parametrize("told", ["http://10.0.0.1:1080", "10.0.0.1:1080", "socks://10.0.0.1:1080"])
def test_the_socks_proxy_of_the_system(told: str) -> None:
    assert proxy({"socks": told}) == "socks5://10.0.0.1:1080"


@pytest.mark.parametrize(
    "listed",
    [
        "*", "localhost, *", HOST, "API.Z.AI", "z.ai", ".z.ai", "*.z.ai", f"{HOST}:443", "x;z.ai",
        f"https://{HOST}", "[::1] z.ai", "fd07:b51a:cc66:f0::/64,z.ai", "all://z.ai",
    ],
)  # fmt: skip
def test_a_host_that_is_spared(listed: str) -> None:
    assert is_spared(HOST, listed)


@pytest.mark.parametrize(
    "listed",
    [
        "", ",", "ai.z", "z.ai.example", "apiz.ai", ".", "*.", "*z", f"{HOST}:80", "[::1]", "::1",
        "localhost,127.0.0.1,::1,[::1]", "fd07:b51a:cc66:f0::/64", "fe80::/10", "::1/128", "[::1]/128",
        "[::1]:443", "[fe80::1%en0]", "fe80::1%lo0", "10.0.0.0/8", "169.254/16", "0.0.0.0/0", "::/0",
        "<local>", "*.local", "[", "]", "[]", "::", "http://[", "1::2::3", "[::1", "10.0.0.0/99",
    ],
)  # fmt: skip
def test_a_host_that_is_not(listed: str) -> None:
    assert not is_spared(HOST, listed)


@pytest.mark.parametrize(
    ("host", "listed", "spared"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "2.3", False),
        ("169.254.9.9", "169.254/16", True),
        ("169.255.9.9", "169.254/16", False),
        ("fd07:b51a:cc66:f0::5", "fd07:b51a:cc66:f0::/64", True),
        ("fd07:b51a:cc66:f1::5", "fd07:b51a:cc66:f0::/64", False),
        ("::1", "[::1]", True),
        ("::1", "0:0:0:0:0:0:0:1", True),
        ("::1", "0.0.0.0/0", False),
        ("127.0.0.1", "::/0", False),
    ],
)
def test_addresses_and_networks(host: str, listed: str, spared: bool) -> None:
    assert is_spared(host, listed) is spared


def test_a_port_of_its_own() -> None:
    assert is_spared("relay.example", "relay.example:8443", 8443)
    assert not is_spared("relay.example", "relay.example:8443")
    assert is_spared("relay.example", "relay.example", 8443)


@given(st.text(max_size=40) | st.from_regex(r"[0-9a-f:./\[\]%*,]{1,40}", fullmatch=True))
@example("[::1]")
@example("::ffff:1.2.3.4/96")
def test_no_list_is_an_error(listed: str) -> None:
    assert is_spared(HOST, f"{listed},{HOST}")
    assert is_spared("10.0.0.1", f"{listed},10.0.0.1")
    is_spared(HOST, listed)


def test_whose_certificates_are_trusted() -> None:
    assert authorities({}) is None
    assert authorities(dict.fromkeys(network.AUTHORITIES, "")) is None
    assert authorities({"REQUESTS_CA_BUNDLE": "/a"}) == ("REQUESTS_CA_BUNDLE", "/a")
    both = {"REQUESTS_CA_BUNDLE": "/a", "SSL_CERT_FILE": "/b"}
    assert authorities(both) == ("SSL_CERT_FILE", "/b")


def test_folders_with_files(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    for folder in (empty, full):
        folder.mkdir()
    (full / "a.pem").touch()
    assert has_files(f"{tmp_path / 'gone'}:{empty}:{full}")
    assert not has_files(str(empty))
    assert not has_files(f"{tmp_path / 'gone'}:")
    assert not has_files(str(full / "a.pem"))


HOME = {"TANKFUL_HOME": "/srv/apart"}


def test_a_stand_in_needs_a_home_of_its_own() -> None:
    told = {"TANKFUL_LOOPBACK": "http://127.0.0.1:8080/"}
    assert network.loopback({**told, **HOME}) == "http://127.0.0.1:8080"
    for home in ({}, {"TANKFUL_HOME": ""}, {"alfred_workflow_data": "/srv/apart"}):
        with pytest.raises(Mistake) as caught:
            network.loopback({**told, **home})
        assert all("TANKFUL_HOME" in words for words in both(caught.value.message))
    assert network.loopback({}) == network.loopback({"TANKFUL_LOOPBACK": ""}) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST", "[::1]"])
@pytest.mark.parametrize("port", ["", ":1", ":65535"])
def test_where_the_stand_in_is(host: str, port: str) -> None:
    told = network.loopback({"TANKFUL_LOOPBACK": f"http://{host}{port}/", **HOME})
    assert told == f"http://{host.lower()}{port}"
    english, chinese = both(network.detour(told))
    assert told in english
    assert told in chinese


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "localhost"},
        {"https_proxy": "http://p:1", "HTTPS_PROXY": "http://p:2"},
        {"All_Proxy": "socks5://p:1"},
        {"https_proxy": "", "HTTPS_PROXY": "http://p:2"},
        {"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"},
        {"PROXY": "http://p:1", "MY_PROXY_": "x"},
    ],
)
def test_the_proxies_of_the_environment(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert network.proxies() == urllib.request.getproxies()


def test_the_proxies_of_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    settings = ModuleType("_scproxy")
    known: dict[str, object] = {"exclude_simple": False}
    vars(settings)["_get_proxies"] = lambda: {"https": "http://system:1"}
    vars(settings)["_get_proxy_settings"] = lambda: known
    monkeypatch.setitem(sys.modules, "_scproxy", settings)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert network.proxies() == {"https": "http://system:1"}
    known["exceptions"] = ("*.corp.example", None, "192.168/16")
    spared = network.proxies()["no"]
    assert is_spared("relay.corp.example", spared)
    assert is_spared("192.168.7.1", spared)
    assert not is_spared(HOST, spared)
    monkeypatch.setenv("https_proxy", "http://own:1")
    assert network.proxies() == {"https": "http://own:1"}
