"""What the report says, and what it must not."""

from __future__ import annotations

import os
import platform
import re
from datetime import timedelta
from pathlib import Path

import pytest

from tests import stored
from tests.clocks import live_in
from tests.said import Phrase
from tests.standin import KEYS, Reply, StandIn
from workflow import feed
from workflow import settings as preferences
from workflow.alfred import publish
from workflow.doctor import report as report_of
from workflow.models import Failure, Snapshot, utc_now
from workflow.records import replace
from workflow.refresh import background
from workflow.refresh import run as refresh
from workflow.schedule import runs, schedule
from workflow.storage import accounts, files, last_refresh
from workflow.system import network

SECRETS = ("glm-cn", "chatgpt-session", "openai-admin")


def report(**environ: str) -> str:
    """The report under these variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        return report_of.report(utc_now())


def line(name: str, **environ: str) -> str:
    """Return the line of the report with this name."""
    (found,) = re.findall(rf"^- {re.escape(name)}: (.*)$", report(**environ), re.MULTILINE)
    return str(found)


@pytest.fixture
def asked(world: StandIn) -> None:
    """Four accounts, refreshed once, with names, scopes and amounts that the report must not show."""
    for key in SECRETS:
        stored.account(key, "canary-label")
    last = stored.account("tavily-dev", "canary@example.com")
    marked = replace(last, scope={"project": "canary-scope"}, hidden=True)
    accounts.change(lambda book: book.with_account(marked))
    world.reply("api.tavily.com", "/usage", Reply(401, {"detail": "canary-detail"}))
    refresh.refresh(publish=publish.publish)


@pytest.mark.usefixtures("asked")
def test_no_secret_label_scope_address_amount_or_home() -> None:
    elsewhere = {"LC_ALL": "canary@home/../;`x`"}
    proxies = {"HTTPS_PROXY": "http://canary:pass@proxy", "ALL_PROXY": "socks5://canary"}
    for told in (report(), report(**elsewhere, **proxies)):
        for key in SECRETS:
            value = KEYS[key].value
            assert not any(value[i : i + 12] in told for i in range(0, len(value) - 12, 6))
        amounts = ("56.70", "synth", "$", "¥", "€")
        for word in ("canary-", "canary/", "canary:", *amounts, "@", "pass", str(Path.home())):
            assert word not in told, word


def test_variables_of_proxy_and_certificates_are_named_apart() -> None:
    none = {**dict.fromkeys(network.AUTHORITIES, ""), "https_proxy": ""}
    told = {**none, "https_proxy": "http://proxy", "SSL_CERT_FILE": "/nowhere/ca.pem"}
    assert line("proxy variables", **told) == "HTTPS_PROXY"
    assert line("certificate variables", **told) == "SSL_CERT_FILE"
    assert line("proxy variables", **none) == line("certificate variables", **none) == "none"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Users/canary/Library/x", "~/Library/x"),
        ("System/Volumes/Data/Users/canary/x", "~/x"),
        ("mnt/home/canary", "/mnt~"),
        ("Volumes/canary's disk/x", "/Volumes/•••/x"),
        ("Volumes/canary's disk/Users/canary/x", "/Volumes/•••/x"),
        ("CloudStorage/GoogleDrive-canary@163.com/My Drive/x", "/CloudStorage/•••/My Drive/x"),
        ("opt/python@3.13/x", "/opt/python@3.13/x"),
    ],
)
def test_a_place_names_nobody(tmp_path: Path, place: str, said: str) -> None:
    told = report(TANKFUL_HOME=str(tmp_path / place))
    assert "canary" not in told
    assert re.search(rf"^- data: .*{re.escape(said)}$", told, re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("api.moonshot.cn/v1/users/me/balance 2 s", "api.moonshot.cn/v1/users/me/balance 2 s"),
        ("https://a.example/home/x", "https://a.example/home/x"),
        ("in /home/canary/.local/x", "in ~/.local/x"),
        ("file:///Users/canary/x", "file://~/x"),
    ],
)
def test_an_endpoint_is_no_home(text: str, redacted: str) -> None:
    assert report_of.redacted(text) == redacted


@pytest.mark.usefixtures("asked")
def test_how_the_last_refresh_went() -> None:
    assert re.fullmatch(
        r"\d s ago for \d\.\d\d s, 4 asked, 1 failed, 0 told to wait, 0 out of time",
        line("last refresh"),
    )
    assert re.fullmatch(r"1 error; last asked for \d\.\d\d s", line("tavily"))
    assert re.fullmatch(r"1 (plenty|low|unknown|critical); last asked for .* s", line("glm"))
    assert line("accounts") == "4 (1 hidden, 0 pinned)"
    assert re.fullmatch(r"in \d\d\d s", line("next refresh due"))
    assert re.fullmatch(r"\d s ago", line("feed written"))


def test_before_the_first_refresh() -> None:
    stored.account("tavily-dev")
    assert line("last refresh") == "none known"
    assert line("feed written") == "never"
    assert line("next refresh due") == "now"
    assert line("serve the feed") == "not possible"
    assert line("tavily") == "1 unknown"


def test_without_accounts_nothing_is_ever_due() -> None:
    assert line("next refresh due") == "never"


def test_a_journal_of_a_clock_that_ran_ahead_is_no_puzzle() -> None:
    last_refresh.write(last_refresh.Journal(last_refresh.Refresh(2**32, 1.5)))
    assert re.match(r"\d+ s ahead of the clock for 1.50 s", line("last refresh"))


def test_a_refresh_that_broke_off_and_one_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    last_refresh.write(last_refresh.Journal(last_refresh.Refresh(0, 1.5, 3, 0, 1, 2, "KeyError")))
    assert "3 asked, 0 failed, 1 told to wait, 2 out of time, broken off by KeyError" in report()
    assert line("running now") == "no"
    with files.lock(background.lock_path(os.environ)):
        assert re.fullmatch(rf"yes, process {os.getpid()} for \d s", line("running now"))
        monkeypatch.setattr(background, "LONGEST", -1.0)
        assert line("running now").endswith("; it does not end")


def test_the_background_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert line("background") == "off"
    place = Path(schedule._system().places()[0])
    place.parent.mkdir(parents=True)
    place.touch()
    monkeypatch.setattr(schedule, "problem", lambda: None)
    assert line("background") == "on, not run yet"
    runs.note(runs.Run(int(utc_now().timestamp()), locked=True))
    assert re.fullmatch("on, last .*, secret store locked", line("background"))
    monkeypatch.setattr(schedule, "problem", lambda: "it is not")
    assert line("background").startswith("on, not run by the system, last ")
    monkeypatch.setattr(schedule, "problem", lambda: None)
    monkeypatch.setattr(schedule, "elsewhere", lambda _environ: ("/theirs", "/ours"))
    assert line("background").startswith("on, for another folder, last ")


def test_a_feed_of_no_use_is_said() -> None:
    publish.publish()
    assert line("serve the feed").endswith("ms")
    Path(feed.path(os.environ)).write_bytes(b"rubbish")
    assert line("serve the feed").endswith("ms, but it has to be rendered anew")


def test_a_provider_with_accounts_in_several_states() -> None:
    first, second = stored.account("tavily-dev", "one"), stored.account("tavily-dev", "two")
    stored.remember(first, ago=timedelta(0))
    until = utc_now() + timedelta(minutes=5)
    failure = Failure("rate_limited", Phrase("canary", "canary"), utc_now(), until)
    stored.save(Snapshot(second.id, failure=failure))
    assert line("tavily") == "1 plenty, 1 error"
    assert f"not before {until:%H:%M:%S}Z" in line(second.id)


@pytest.mark.parametrize(
    ("kept", "environ", "said"),
    [
        pytest.param("auto", {}, "en, from the locale en_US.UTF-8", id="locale"),
        pytest.param("auto", {"LC_ALL": "zh_CN"}, "zh, from the locale zh_CN", id="another-locale"),
        pytest.param("auto", {"LANG": ""}, "en, from the locale (none)", id="no-locale"),
        pytest.param("zh", {}, "zh, from the settings", id="settings"),
        pytest.param("zh", {"TANKFUL_LANGUAGE": "en"}, "en, from TANKFUL_LANGUAGE", id="call"),
        pytest.param("zh", {"TANKFUL_LANGUAGE": "?"}, "zh, from the settings", id="nonsense"),
    ],
)
def test_where_the_language_comes_from(kept: str, environ: dict[str, str], said: str) -> None:
    preferences.choose("language", kept)
    assert line("language in force", **environ) == said


def test_clock_and_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert line("clock in force") == "12, from the locale en_US.UTF-8"
    assert line("clock in force", TANKFUL_CLOCK="24") == "24, from TANKFUL_CLOCK"
    assert line("set for this call", TANKFUL_CLOCK="24") == "clock"
    live_in(monkeypatch, "Asia/Shanghai")
    assert line("time").endswith("zone CST +0800")


def test_the_version_of_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    told = ("14.6.1", ("", "", ""), "arm64")
    monkeypatch.setattr(platform, "mac_ver", lambda: told)
    assert line("system").startswith("macOS 14.6.1 (")


def test_a_part_that_fails_says_so_and_the_others_stay(home: Path) -> None:
    (home / "tankful").mkdir()
    (home / "tankful/accounts.json").mkdir()
    told = report()
    assert "- problem: " in told
    assert "- version: " in told
    assert "- language in force: " in told
