"""The settings: stored in one home; Alfred's variables are saved, those of a single call are not."""

from __future__ import annotations

import json
import os
import plistlib
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tests.said import both, english
from workflow import feed, settings
from workflow.errors import Mistake
from workflow.records import replace
from workflow.settings import CHOICES, Settings

ALFRED = {
    "tankful_language": "auto",
    "tankful_show": "left",
    "tankful_interval": "5",
    "tankful_low": "20",
}


def load(**variables: str) -> Settings:
    """The settings in force with these variables and no others."""
    return settings.load({"LANG": "en_US.UTF-8", **variables})


def alfred(**changed: str) -> Settings:
    """The settings in force when Alfred calls with its configuration, changed like this."""
    return load(**{**ALFRED, **{f"tankful_{name}": value for name, value in changed.items()}})


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(settings.path()).read_text(encoding="utf-8"))
    return found


def place(content: str) -> Path:
    path = Path(settings.path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


# ---- defaults and choices


def test_the_defaults() -> None:
    assert load() == Settings(hours24=False)
    assert not Path(settings.path()).exists()
    assert settings.chosen() == {name: choice.default for name, choice in CHOICES.items()}


@pytest.mark.parametrize(
    ("name", "told", "kept", "field", "value"),
    [
        pytest.param("language", "zh-CN", "zh", "language", "zh", id="chinese"),
        pytest.param("language", "zh_Hans", "zh", "language", "zh", id="chinese-script"),
        pytest.param("language", "简体中文", "zh", "language", "zh", id="chinese-in-chinese"),
        pytest.param("language", "EN", "en", "language", "en", id="english"),
        pytest.param("show", "Used", "used", "show", "used", id="used"),
        pytest.param("interval", "1", "1", "interval", 60, id="shortest"),
        pytest.param("interval", "1440", "1440", "interval", 86400, id="longest"),
        pytest.param("interval", " 07 ", "7", "interval", 420, id="zero-before"),
        pytest.param("low", "0", "0", "low", 0, id="never-low"),
        pytest.param("low", "15 %", "15", "low", 15, id="percent"),
        pytest.param("low", "１５％", "15", "low", 15, id="percent-wide"),
        pytest.param("privacy", "yes", "1", "privacy", True, id="on"),
        pytest.param("privacy", "OFF", "0", "privacy", False, id="off"),
        pytest.param("privacy", "开", "1", "privacy", True, id="on-in-chinese"),
        pytest.param("privacy", "否", "0", "privacy", False, id="off-in-chinese"),
        pytest.param("clock", "24", "24", "hours24", True, id="24-hours"),
        pytest.param("clock", "12", "12", "hours24", False, id="12-hours"),
        pytest.param("order", "urgency", "urgency", "order", "urgency", id="order"),
        pytest.param("best", "false", "0", "best", False, id="best"),
        pytest.param("summary", "markdown", "markdown", "summary", "markdown", id="summary"),
        pytest.param("pace_mark", "off", "0", "pace_mark", False, id="pace_mark"),
        pytest.param("alert_limits", "on", "1", "alert_limits", True, id="alert_limits"),
        pytest.param("alert_money", "1", "1", "alert_money", True, id="alert_money"),
        pytest.param("alert_resets", "yes", "1", "alert_resets", True, id="alert_resets"),
        pytest.param("quiet", " 9:30 – 18:00", "09:30-18:00", "quiet", "09:30-18:00", id="quiet"),
        pytest.param("quiet", "22：00～8：00", "22:00-08:00", "quiet", "22:00-08:00", id="wide"),
        pytest.param("quiet", "22：00－8：00", "22:00-08:00", "quiet", "22:00-08:00", id="dash"),
        pytest.param("quiet", "OFF", "off", "quiet", "off", id="never-quiet"),
    ],
)
def test_a_choice(name: str, told: str, kept: str, field: str, value: object) -> None:
    assert settings.choose(name, told) == kept
    assert settings.chosen()[name] == kept
    assert getattr(load(), field) == value
    assert stat.S_IMODE(Path(settings.path()).stat().st_mode) == 0o600


BAD = [
    ("language", "fr"),
    ("show", "both"),
    ("interval", "0"),
    ("interval", "1441"),
    ("interval", "5.5"),
    ("interval", "-5"),
    ("interval", "٥"),
    ("interval", "9" * 5000),
    ("low", "101"),
    ("low", "000000000101"),
    ("low", "%"),
    ("interval", "5%"),
    ("history", "50%"),
    ("privacy", "perhaps"),
    ("clock", "13"),
    ("quiet", "22:00"),
    ("quiet", "22:00-22:00"),
    ("quiet", "24:00-08:00"),
    ("order", ""),
    ("best", ""),
]


@pytest.mark.parametrize(
    ("name", "told"), [pytest.param(*bad, id=f"{bad[0]}-{n}") for n, bad in enumerate(BAD)]
)
def test_a_bad_value_is_said_and_changes_nothing(name: str, told: str) -> None:
    with pytest.raises(Mistake) as error:
        settings.choose(name, told)
    for words, values in zip(both(error.value.message), both(CHOICES[name].allowed)):
        assert name in words
        assert values in words
    assert not Path(settings.path()).exists()


def test_an_unknown_setting_is_said() -> None:
    with pytest.raises(Mistake, match="there is no setting 'colour'; choose one of language, show"):
        settings.choose("colour", "red")
    with pytest.raises(Mistake, match=r"there is no setting 'lwo'; did you mean low\?"):
        settings.choose("lwo", "5")


@pytest.mark.parametrize(
    ("name", "told"), [pytest.param(*bad, id=f"{bad[0]}-{n}") for n, bad in enumerate(BAD)]
)
def test_a_bad_value_elsewhere_falls_back_to_the_default(name: str, told: str) -> None:
    default = load()
    assert load(**{f"TANKFUL_{name.upper()}": told}) == default
    place(json.dumps({"layout": 1, "settings": {name: told}}))
    kept = settings.chosen()[name]
    assert kept == CHOICES[name].default or (name, told, kept) == ("best", "", "0")
    Path(settings.path()).unlink()
    settings.load({"LANG": "en_US.UTF-8", f"tankful_{name}": told})
    assert settings.chosen()[name] in (CHOICES[name].default, "0")


def test_every_setting_is_listed() -> None:
    rows = settings.values(settings.chosen())
    assert [row[0] for row in rows] == list(CHOICES)
    said = [(name, value, *both(values)) for name, value, values in rows]
    assert ("show", "left", "left, used", "left、used") in said
    assert ("history", "730", "0–3650 days, 0: off", "0–3650 天，0 为不保留") in said


# ---- Alfred's configuration


def test_what_alfred_changes_is_written_through() -> None:
    assert alfred(show="used", low="30").show == "used"
    assert (load().show, load().low) == ("used", 30)


def test_what_alfred_did_not_change_is_left_alone() -> None:
    alfred()
    settings.choose("show", "used")
    settings.choose("low", "33")
    before = document()
    assert alfred().show == "used"
    assert document() == before
    changed = alfred(low="10")
    assert (changed.show, changed.low) == ("used", 10)
    assert load().low == 10


def test_a_value_alfred_repeats_is_written_only_once() -> None:
    alfred(show="used")
    settings.choose("show", "left")
    assert alfred(show="used").show == "left"
    assert alfred(show="left").show == "left"
    assert alfred(show="used").show == "used"


def test_a_call_without_alfred_forgets_nothing() -> None:
    alfred(show="used")
    settings.choose("show", "left")
    assert load().show == "left"
    assert alfred(show="used").show == "left"


def test_what_alfred_configures_besides_is_no_setting() -> None:
    alfred(keyword="usage; x=1")
    assert set(document()["settings"]) <= set(CHOICES)
    assert replace(load(tankful_keyword="use"), seen="") == replace(load(), seen="")


def test_a_file_that_cannot_be_written_still_gives_alfreds_settings(home: Path) -> None:
    (home / "tankful").write_text("in the way", encoding="utf-8")
    assert alfred(show="used").show == "used"


def test_the_signature_is_what_a_feed_compares() -> None:
    assert alfred(low="30").seen == load().seen
    assert "tankful_low=30" in load().seen


# ---- one call


def test_a_variable_wins_for_one_call() -> None:
    settings.choose("show", "left")
    once = load(TANKFUL_SHOW="used", TANKFUL_LOW="5")
    assert (once.show, once.low, once.one_call) == ("used", 5, True)
    assert (load().show, load().low, load().one_call) == ("left", 20, False)


def test_a_variable_wins_over_alfred_too_and_is_not_written() -> None:
    once = load(**{**ALFRED, "tankful_show": "left", "TANKFUL_SHOW": "used"})
    assert (once.show, once.one_call) == ("used", True)
    assert settings.chosen()["show"] == "left"


@pytest.mark.parametrize("variable", ["TANKFUL_SHOW", "TANKFUL_HOME", "TANKFUL_LOOPBACK"])
def test_an_empty_or_other_variable_is_no_choice(variable: str) -> None:
    value = "" if variable == "TANKFUL_SHOW" else "/x"
    assert load(**{variable: value}) == load()


# ---- language and clock


@pytest.mark.parametrize(
    ("variables", "language", "hours24"),
    [
        pytest.param({"LANG": "zh_CN.UTF-8"}, "zh", True, id="chinese"),
        pytest.param({"LANG": "en_GB.UTF-8"}, "en", True, id="british"),
        pytest.param({"LANG": "en_US.UTF-8"}, "en", False, id="american"),
        pytest.param({"LANG": "zh_CN", "TANKFUL_LANGUAGE": "en"}, "en", True, id="chosen-language"),
        pytest.param({"LANG": "zh_CN", "TANKFUL_CLOCK": "12"}, "zh", False, id="chosen-clock"),
    ],
)
def test_auto_is_the_systems(variables: Mapping[str, str], language: str, hours24: bool) -> None:
    found = settings.load(variables)
    assert (found.language, found.hours24) == (language, hours24)


def test_auto_on_a_mac_is_its_preferences(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    folder = home / "Library/Preferences"
    folder.mkdir(parents=True)
    told = {"AppleLanguages": ["zh-Hans-CN"], "AppleLocale": "zh_CN", "AppleICUForce12HourTime": 1}
    (folder / ".GlobalPreferences.plist").write_bytes(plistlib.dumps(told, fmt=plistlib.FMT_BINARY))
    found = settings.load({"HOME": str(home), "LANG": "en_GB.UTF-8"})
    assert (found.language, found.hours24) == ("zh", False)
    chosen = settings.load({"HOME": str(home), "TANKFUL_LANGUAGE": "en", "TANKFUL_CLOCK": "24"})
    assert (chosen.language, chosen.hours24) == ("en", True)


# ---- damage


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"settings": 5}',
        '{"settings": {"show": ["used"]}, "seen": 5, "layout": "x"}',
        "[" * 5000,
    ],
)
def test_a_damaged_file_is_no_setting_and_is_mended(content: str) -> None:
    place(content)
    assert load().show == "left"
    assert alfred(show="used").show == "used"
    settings.choose("low", "7")
    assert (load().show, load().low) == ("used", 7)


WRONG = [
    '{"layout": 1, "settings": {"show": "everything"}}',
    '{"layout": 1, "settings": {"show": "used", "low": 20}}',
    '{"layout": 1, "settings": {"interval": null}}',
]


@pytest.mark.parametrize("content", WRONG)
def test_a_wrong_value_counts_as_the_default_and_stays_until_it_is_chosen_anew(
    content: str,
) -> None:
    place(content)
    before = document()["settings"]
    settings.choose("privacy", "1")
    assert document()["settings"] == {**before, "privacy": "1"}
    assert settings.chosen()["interval"] == "5"
    settings.choose("interval", "7")
    assert settings.chosen()["interval"] == "7"


@pytest.mark.parametrize(
    "content",
    ['{"layout": 1, "settings": ["show"]}', '{"layout": 1, "settings": {}, "seen": 5}', "{"],
)
def test_a_damaged_file_is_set_aside_at_the_first_look(content: str) -> None:
    path = place(content)
    assert load().show == "left"
    assert not path.exists()
    (aside,) = path.parent.glob("settings.damaged-*.json")
    assert aside.read_text() == content


def test_good_values_need_no_copy_and_what_we_do_not_know_stays() -> None:
    told = {"layout": 1, "settings": {"show": "used", "future": {"a": [1]}}, "more": 2.5}
    path = place(json.dumps(told))
    settings.choose("privacy", "1")
    kept = document()
    assert kept["settings"] == {"show": "used", "future": {"a": [1]}, "privacy": "1"}
    assert kept["more"] == 2.5
    assert sorted(p.name for p in path.parent.glob("settings*")) == [
        "settings.json",
        "settings.json.lock",
    ]


def shown(text: str) -> None:
    """The list that was shown last."""
    path = Path(feed.path(os.environ))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


PRIVATE = '{"layout": 1, "settings": {"privacy": "1", "low": "7"'


@pytest.mark.parametrize(
    ("content", "last", "is_private"),
    [
        (PRIVATE, "", True),
        ('{"settings": {"privacy" : true}}', "GLM · Work", True),
        ("", "GLM · •••", True),
        ("\0\0\0", "KIMI · ••• 2", True),
        ("", "GLM · Work", False),
        ('{"settings": {"privacy": "0"', "GLM · Work", False),
        ('{"settings": {"low": "1"', "", False),
    ],
)
def test_privacy_outlives_damage(content: str, last: str, is_private: bool) -> None:
    path = place(content)
    shown(last)
    assert (load().privacy, load().low) == (is_private, 20)
    sentence = english(settings.complaint())
    assert (", except for privacy; it is kept as settings.damaged-" in sentence) is is_private
    assert alfred(privacy="0", low="30") == replace(load(), privacy=is_private, low=30)
    for aside in path.parent.glob("settings.damaged-*.json"):
        aside.unlink()
    shown("")
    assert (load().privacy, load().low) == (is_private, 30)
    settings.choose("privacy", "0")
    assert load().privacy is False
    assert alfred(privacy="1", low="30").privacy is True
    assert alfred(privacy="0", low="30").privacy is False


def test_a_choice_after_damage_does_not_end_privacy() -> None:
    place(PRIVATE)
    settings.choose("low", "9")
    assert (load().privacy, load().low) == (True, 9)
    place(PRIVATE)
    settings.choose("privacy", "0")
    assert load().privacy is False


def test_a_file_that_cannot_be_read_does_not_end_privacy() -> None:
    place("{}").unlink()
    Path(settings.path()).mkdir()
    assert load().privacy is False
    assert "settings.json" in english(settings.complaint())
    shown("GLM · •••")
    assert load().privacy is True


def test_a_fresh_start_is_not_private() -> None:
    shown("GLM · •••")  # settings.json was deleted
    assert load().privacy is False


def test_what_was_damaged_is_said_for_as_long_as_it_lies_there() -> None:
    path = place("{")
    load()
    settings.choose("show", "used")  # so it is not the defaults that apply
    assert path.exists()
    said = english(settings.complaint())
    assert said.startswith("settings.json was damaged, so what it sets does not apply; it is kept")


def test_a_mark_that_an_editor_has_put_before_it_is_no_damage() -> None:
    place('\ufeff{"layout": 1, "settings": {"show": "used"}}')
    assert settings.chosen()["show"] == "used"
    settings.choose("privacy", "1")
    assert settings.chosen()["show"] == "used"
    assert settings.complaint() is None


@pytest.mark.parametrize("size", [17_000_000])
def test_a_file_that_is_too_large_or_none_is_not_written_over(size: int) -> None:
    path = place(" " * size)
    assert settings.chosen()["show"] == "left"
    with pytest.raises(Mistake, match="larger than 16 MB"):
        settings.choose("privacy", "1")
    assert path.stat().st_size == size
    path.unlink()
    os.mkfifo(path)
    assert settings.chosen()["show"] == "left"
    with pytest.raises(Mistake, match="not a file"):
        settings.choose("privacy", "1")


def test_a_link_is_followed(tmp_path: Path) -> None:
    path = place('{"layout": 1, "settings": {"show": "used"}}')
    path.rename(tmp_path / "kept.json")
    path.symlink_to(tmp_path / "kept.json")
    settings.choose("privacy", "1")
    assert path.is_symlink()
    assert json.loads((tmp_path / "kept.json").read_text())["settings"]["privacy"] == "1"


def test_a_newer_layout_is_read_as_far_as_it_goes_and_left_untouched() -> None:
    content = '{"layout": 9, "settings": {"show": "used", "colour": "red"}}'
    path = place(content)
    assert load().show == "used"
    assert alfred(low="30").low == 30
    with pytest.raises(Mistake, match="newer Tankful"):
        settings.choose("low", "7")
    assert path.read_text(encoding="utf-8") == content


def test_a_setting_of_another_version_survives_a_choice() -> None:
    place('{"layout": 1, "settings": {"colour": "red"}, "more": 1}')
    settings.choose("show", "used")
    assert document()["settings"] == {"colour": "red", "show": "used"}
    assert document()["more"] == 1


WORDS = st.text(max_size=8)


@given(
    variables=st.dictionaries(
        st.sampled_from([f"{p}{n}" for p in ("tankful_", "TANKFUL_") for n in CHOICES])
        | WORDS.map(lambda name: f"tankful_{name}"),
        WORDS | st.sampled_from(["used", "24", "0", "zh", ";=", "auto"]),
        max_size=5,
    )
)
@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_variables_ever_fail(home: Path, variables: dict[str, str]) -> None:
    upper = {
        name.upper() if name.startswith("TANKFUL_") else name: value
        for name, value in variables.items()
    }
    found = settings.load(upper)
    assert found.language in ("en", "zh")
    assert 60 <= found.interval <= 86400
    assert settings.load(upper) == found
