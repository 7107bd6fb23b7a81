"""What the system prefers, from the locale and from the preferences of macOS."""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow.settings import LANGUAGES
from workflow.system import preferences as mac_preferences

PREFERENCES = "Library/Preferences/.GlobalPreferences.plist"
WHOLE = plistlib.dumps({"AppleLanguages": ["zh-Hans-CN"]}, fmt=plistlib.FMT_BINARY)


@pytest.fixture
def mac(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Mac whose preferences are the file returned, which is not there yet."""
    monkeypatch.setattr(sys, "platform", "darwin")
    (home / PREFERENCES).parent.mkdir(parents=True)
    return home / PREFERENCES


@pytest.mark.parametrize(
    ("environ", "language", "hours24"),
    [
        pytest.param({}, "en", True, id="nothing-told"),
        pytest.param({"LANG": "en_US.UTF-8"}, "en", False, id="american"),
        pytest.param({"LANG": "en_GB.UTF-8"}, "en", True, id="british"),
        pytest.param({"LANG": "zh_CN.UTF-8"}, "zh", True, id="chinese"),
        pytest.param({"LANG": "zh_TW.UTF-8"}, "zh", False, id="taiwan"),
        pytest.param({"LANG": "de_DE"}, "en", True, id="german"),
        pytest.param({"LANG": "C"}, "en", True, id="C"),
        pytest.param({"LANG": "de_DE", "LC_MESSAGES": "zh_CN"}, "zh", True, id="messages"),
        pytest.param({"LANG": "zh_CN", "LC_TIME": "en_US"}, "zh", False, id="time"),
        pytest.param(
            {"LC_ALL": "zh_CN", "LC_MESSAGES": "en_US", "LC_TIME": "en_US", "LANG": "en_US"},
            "zh",
            True,
            id="all-wins",
        ),
        pytest.param({"LC_ALL": "", "LANG": "zh_CN"}, "zh", True, id="empty-is-not-told"),
    ],
)
def test_the_locale(environ: dict[str, str], language: str, hours24: bool) -> None:
    assert mac_preferences.language(environ, LANGUAGES) == language
    assert mac_preferences.hours24(environ) is hours24


@pytest.mark.parametrize(
    ("preferences", "language", "hours24"),
    [
        pytest.param({}, "en", False, id="empty"),
        pytest.param(
            {"AppleLanguages": ["zh-Hans-CN", "en-CN"], "AppleLocale": "zh_CN"}, "zh", True, id="zh"
        ),
        pytest.param(
            {"AppleLanguages": ["en-GB", "zh-Hans"], "AppleLocale": "en_GB"}, "en", True, id="first"
        ),
        pytest.param({"AppleLocale": "en_US@currency=EUR"}, "en", False, id="american"),
        pytest.param(
            {"AppleLocale": "en_US", "AppleICUForce24HourTime": True}, "en", True, id="force-24"
        ),
        pytest.param(
            {"AppleLocale": "de_DE", "AppleICUForce12HourTime": True}, "en", False, id="force-12"
        ),
        pytest.param(
            {"AppleLocale": "en_US", "AppleICUForce24HourTime": 0}, "en", False, id="not-forced"
        ),
        pytest.param({"AppleLanguages": []}, "en", False, id="no-language"),
        pytest.param({"AppleLanguages": "zh"}, "en", False, id="odd-languages"),
    ],
)
@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
def test_the_preferences_of_a_mac(
    mac: Path, form: Any, preferences: dict[str, Any], language: str, hours24: bool
) -> None:
    mac.write_bytes(plistlib.dumps(preferences, fmt=form))
    environ = {"HOME": str(mac.parents[2]), "LANG": "en_US.UTF-8"}
    assert mac_preferences.language(environ, LANGUAGES) == language
    assert mac_preferences.hours24(environ) is hours24


def test_only_a_mac_has_preferences(home: Path, mac: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mac.write_bytes(WHOLE)
    assert mac_preferences.language({"HOME": str(home)}, LANGUAGES) == "zh"
    monkeypatch.setattr(sys, "platform", "linux")
    assert mac_preferences.language({"HOME": str(home)}, LANGUAGES) == "en"


def test_a_mac_without_preferences_has_its_locale(mac: Path) -> None:
    assert (
        mac_preferences.language({"HOME": str(mac.parents[2]), "LANG": "zh_CN"}, LANGUAGES) == "zh"
    )
    mac.mkdir()
    assert (
        mac_preferences.language({"HOME": str(mac.parents[2]), "LANG": "zh_CN"}, LANGUAGES) == "zh"
    )


@given(
    damaged=st.one_of(
        st.binary(max_size=80),
        st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)).map(
            lambda hit: WHOLE[: hit[0]] + bytes([hit[1]]) + WHOLE[hit[0] + 1 :]
        ),
        st.text(max_size=40).map(lambda told: f"<plist><dict>{told}</dict></plist>".encode()),
        st.sampled_from(
            [
                b"<plist><array/></plist>",
                b"<plist><dict><key>a</key></dict></plist>",
                b"<plist><integer>x</integer></plist>",
                b"<plist><date>1</date></plist>",
                b"<plist><what/></plist>",
                b"</plist>",
                b"<plist>",
            ]
        ),
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_damaged_preferences_never_fail(mac: Path, damaged: bytes) -> None:
    mac.write_bytes(damaged)
    assert mac_preferences.language({"HOME": str(mac.parents[2])}, LANGUAGES) in ("en", "zh")
    assert mac_preferences.hours24({"HOME": str(mac.parents[2])}) in (True, False)
