"""The interpreter itself, one small workflow for each rule."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .builder import Builder
from .failures import (
    BadOutput,
    BadScript,
    EndlessFlow,
    NotOnScreen,
    PipeKeptOpen,
    ScriptTimeout,
    UnknownSetting,
    UnknownTrigger,
    UnsupportedObject,
)
from .fixtures import builder, recorders
from .harness import Alfred
from .keyboard import chord, flags_of, modifiers_of
from .log import (
    AlfredHidden,
    AlfredShown,
    ClipboardSet,
    Debugged,
    Delayed,
    DialogAnswered,
    DialogShown,
    FileOpened,
    InputShown,
    LargeTypeShown,
    NotificationShown,
    QuickLookShown,
    ScriptRun,
    SoundPlayed,
    TextViewShown,
    TriggerCalled,
    UrlOpened,
)
from .matching import WORDS_ANY_ORDER, WORDS_IN_ORDER, holds, keyword_argument, matches
from .recorders import Recorders
from .scripts import escape
from .stream import Scope, Stream
from .views import DialogView, ListView, TextView

__all__ = ["builder", "recorders"]

SHOW = 'printf "%s" "[$#]${1-}"'
"""A Run Script that says how many arguments it got, and the first."""


def feed(*items: dict[str, Any], **top: Any) -> str:
    """A bash script that prints a Script Filter's answer."""
    answer = json.dumps({"items": list(items), **top}, ensure_ascii=False)
    return f"cat <<'FEED'\n{answer}\nFEED"


Start = Callable[..., Alfred]


@pytest.fixture
def start(builder: Builder, tmp_path: Path) -> Start:
    """Start Alfred with the workflow built so far."""

    def started(**options: Any) -> Alfred:
        return Alfred(builder.save(), home=tmp_path / "home", **options)

    return started


@pytest.fixture
def flow(builder: Builder, start: Start) -> Callable[..., Alfred]:
    """Run objects in a row, from an external trigger called `go`."""

    def ran(*uids: str, argument: Any = "", **options: Any) -> Alfred:
        builder.chain(builder.add("trigger.external", triggerid="go"), *uids)
        alfred = start(**options)
        alfred.trigger("go", argument)
        return alfred

    return ran


Flow = Callable[..., Alfred]


class TestEnvironment:
    def test_a_script_gets_alfreds_variables_and_no_others(
        self, builder: Builder, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LEAKED_FROM_THE_SHELL", "1")
        builder.add("input.scriptfilter", keyword="usage", script=feed({"title": "a"}))
        alfred = start(env={"EXTRA": "yes"}, path=["/first"])
        alfred.type("usage")
        env = alfred.log.last(ScriptRun).env
        home = tmp_path / "home"
        assert env["HOME"] == str(home)
        assert env["EXTRA"] == "yes"
        assert env["PATH"].startswith("/first:/opt/homebrew/bin:/usr/local/bin:/usr/bin:")
        assert env["alfred_workflow_bundleid"] == "test.tankful"
        assert env["alfred_workflow_uid"] == "user.workflow.TEST"
        assert env["alfred_workflow_keyword"] == "usage"
        assert env["alfred_workflow_data"].endswith("Alfred/Workflow Data/test.tankful")
        assert not Path(env["alfred_workflow_data"]).exists()
        assert not {"LEAKED_FROM_THE_SHELL", "alfred_debug", "LANG"} & set(env)

    def test_debug_and_no_bundle_id(self, builder: Builder, start: Start) -> None:
        builder.plist["bundleid"] = ""
        builder.add("input.scriptfilter", keyword="u", script=feed())
        alfred = start(debug=True)
        alfred.type("u")
        env = alfred.log.last(ScriptRun).env
        assert env["alfred_debug"] == "1"
        assert "alfred_workflow_data" not in env

    def test_the_working_folder_is_the_workflow(self, builder: Builder, flow: Flow) -> None:
        alfred = flow(builder.add("action.script", script="pwd -P"))
        run = alfred.log.last(ScriptRun)
        assert run.stdout.strip() == str(builder.folder.resolve()) == str(run.cwd.resolve())

    def test_standard_input_is_empty(self, builder: Builder, flow: Flow) -> None:
        alfred = flow(builder.add("action.script", script="cat; printf done"))
        assert alfred.log.last(ScriptRun).stdout == "done"

    def test_configuration_becomes_text(self, builder: Builder, start: Start) -> None:
        builder.setting("checkbox", "on", default=True, required=False, text="")
        builder.setting("checkbox", "off", default=False, required=False, text="")
        builder.setting("popupbutton", "language", default="en", pairs=[["E", "en"], ["中", "zh"]])
        builder.setting("textfield", "word", default=" usage ", trim=True, required=False)
        builder.setting("slider", "minutes", defaultvalue=5, minvalue=1, maxvalue=60)
        builder.setting("slider", "share", defaultvalue=2.5, minvalue=1, maxvalue=60)
        builder.setting("filepicker", "place", default="~/Documents")
        builder.variables["author"] = "set"
        settings = start().stage.scope.settings
        assert settings == {
            "on": "1",
            "off": "0",
            "language": "en",
            "word": "usage",
            "minutes": "5",
            "share": "2.5",
            "place": settings["place"],
            "author": "set",
        }
        assert settings["place"].endswith("/home/Documents")

    def test_saved_values_win_over_defaults_and_given_ones_over_both(
        self, builder: Builder, start: Start
    ) -> None:
        for name in ("kept", "saved", "given"):
            builder.setting("textfield", name, default="default")
        (builder.folder / "prefs.plist").write_bytes(
            b'<plist version="1.0"><dict><key>saved</key><string>s</string>'
            b"<key>given</key><string>s</string></dict></plist>"
        )
        settings = start(config={"given": "g"}).stage.scope.settings
        assert settings == {"kept": "default", "saved": "s", "given": "g"}

    def test_a_setting_nobody_offers_fails(self, builder: Builder, start: Start) -> None:
        builder.setting("popupbutton", "language", default="en", pairs=[["E", "en"]])
        with pytest.raises(UnknownSetting, match="no field 'langauge'"):
            start(config={"langauge": "en"})
        with pytest.raises(UnknownSetting, match="cannot be 'fr'"):
            start(config={"language": "fr"})
        builder.setting("slider", "low", defaultvalue=20, minvalue=0, maxvalue=50)
        with pytest.raises(UnknownSetting, match="cannot be 51"):
            start(config={"low": 51})

    def test_settings_reach_scripts_and_placeholders(self, builder: Builder, flow: Flow) -> None:
        builder.setting("checkbox", "flag", default=False, text="")
        text = builder.add("utility.argument", argument="{var:flag}|{const:alfred_workflow_name}")
        alfred = flow(
            text,
            builder.add("action.script", script='printf "%s %s" "$flag" "$1"'),
            config={"flag": True},
        )
        assert alfred.log.last(ScriptRun).stdout == "1 1|Test"


class TestLanguages:
    def test_bash_gets_the_query_as_an_argument(self, builder: Builder, flow: Flow) -> None:
        alfred = flow(builder.add("action.script", script=SHOW), argument='a "b" $c')
        assert alfred.log.last(ScriptRun).stdout == '[1]a "b" $c'

    @pytest.mark.parametrize("language", [5, 11])
    @pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
    def test_zsh(self, builder: Builder, flow: Flow, language: int) -> None:
        alfred = flow(builder.add("action.script", script=SHOW, type=language), argument="a b")
        assert alfred.log.last(ScriptRun).stdout == "[1]a b"

    def test_a_missing_shell_is_named(
        self, builder: Builder, flow: Flow, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
        with pytest.raises(UnsupportedObject, match="needs zsh, which is not installed"):
            flow(builder.add("action.script", script="true", type=11))

    @pytest.mark.parametrize("language", [3, 6, 7, 9])
    def test_other_languages_fail(self, builder: Builder, flow: Flow, language: int) -> None:
        with pytest.raises(UnsupportedObject, match=f"language {language}"):
            flow(builder.add("action.script", type=language))

    def test_an_external_script(self, builder: Builder, flow: Flow) -> None:
        name = builder.script("scripts/say.sh", f"#!/bin/sh\n{SHOW}\n")
        alfred = flow(builder.add("action.script", type=8, scriptfile=name), argument="x")
        assert alfred.log.last(ScriptRun).stdout == "[1]x"

    @pytest.mark.parametrize(
        ("text", "executable", "problem"),
        [
            ("#!/bin/sh\n", False, "is not executable"),
            ("echo hello\n", True, "no shebang"),
            ("#!sh\n", True, "no shebang"),
            ("#!/nowhere/sh\n", True, "cannot be started"),
        ],
    )
    def test_a_broken_external_script(
        self, builder: Builder, flow: Flow, text: str, executable: bool, problem: str
    ) -> None:
        name = builder.script("run.sh", text, executable)
        with pytest.raises(BadScript, match=problem):
            flow(builder.add("action.script", type=8, scriptfile=name))

    def test_a_missing_external_script(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(BadScript, match=r"run\.py does not exist"):
            flow(builder.add("action.script", type=8, scriptfile="run.py"))

    @pytest.mark.parametrize("line", ["/nowhere/python3 -IS", "/usr/bin/env python3"])
    def test_python_scripts_run_with_the_python_given(
        self, builder: Builder, flow: Flow, line: str
    ) -> None:
        name = builder.script(
            "run.py", f"#!{line}\nimport sys; print(sys.flags.isolated, end='')\n"
        )
        script = builder.add("action.script", type=8, scriptfile=name)
        alfred = flow(script, python=sys.executable)
        run = alfred.log.last(ScriptRun)
        assert run.argv[0] == sys.executable
        assert run.stdout == ("1" if "-IS" in line else "0")

    def test_inline_scripts_find_the_python_given(self, builder: Builder, flow: Flow) -> None:
        script = builder.add("action.script", script="python3 -c 'import sys; print(sys.version)'")
        assert flow(script, python=sys.executable).log.last(ScriptRun).stdout.strip() == sys.version

    def test_a_query_in_the_text_is_escaped(self, builder: Builder, flow: Flow) -> None:
        script = builder.add("action.script", script='printf "%s" "{query}$#"', scriptargtype=0)
        assert flow(script, argument='`a` "$b" \\c').log.last(ScriptRun).stdout == '`a` "$b" \\c0'

    def test_with_arguments_the_text_keeps_its_braces(self, builder: Builder, flow: Flow) -> None:
        script = builder.add("action.script", script="printf '%s' '{query}'")
        assert flow(script, argument="x").log.last(ScriptRun).stdout == "{query}"

    @pytest.mark.parametrize(
        ("mask", "escaped"),
        [
            (0, '` ";($\\'),
            (1, '`\\ ";($\\'),
            (2, '\\` ";($\\'),
            (4, '` \\";($\\'),
            (8, '` ";\\($\\'),
            (16, '` "\\;($\\'),
            (32, '` ";(\\$\\'),
            (64, '` ";($\\\\'),
        ],
    )
    def test_every_bit_of_the_escaping(self, mask: int, escaped: str) -> None:
        assert escape('` ";($\\', mask) == escaped

    def test_an_array_is_spread_over_argv(self, builder: Builder, flow: Flow) -> None:
        script = builder.add("action.script", script='printf "%s/" "$#" "$@"')
        assert flow(script, argument=("a b", "c")).log.last(ScriptRun).stdout == "2/a b/c/"

    def test_a_run_script_always_gets_an_argument(self, builder: Builder, flow: Flow) -> None:
        assert flow(builder.add("action.script", script=SHOW)).log.last(ScriptRun).stdout == "[1]"

    @pytest.mark.parametrize(("as_nil", "count"), [(True, "0"), (False, "1")])
    def test_an_empty_query_may_be_left_out(
        self, builder: Builder, start: Start, as_nil: bool, count: str
    ) -> None:
        script = 'echo "{\\"items\\":[{\\"title\\":\\"$#\\"}]}"'
        builder.add(
            "input.scriptfilter", keyword="u", script=script, argumenttreatemptyqueryasnil=as_nil
        )
        assert start().type("u")[0].title == count


class TestProcess:
    def test_a_child_that_keeps_the_pipe_is_found(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(PipeKeptOpen, match="a child keeps the pipe open: stdout"):
            flow(builder.add("action.script", script="sleep 20 & printf done"))

    def test_so_is_one_that_keeps_only_stderr(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(PipeKeptOpen, match="open: stderr"):
            flow(builder.add("action.script", script="sleep 20 >/dev/null & printf done"))

    def test_a_child_that_let_go_is_fine(self, builder: Builder, flow: Flow) -> None:
        script = "sleep 5 >/dev/null 2>&1 </dev/null & printf done"
        alfred = flow(builder.add("action.script", script=script))
        assert alfred.log.last(ScriptRun).stdout == "done"
        assert alfred.log.last(ScriptRun).seconds < 4

    def test_a_script_must_end(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(ScriptTimeout, match=r"within 0\.3 seconds"):
            flow(builder.add("action.script", script="sleep 20"), timeout=0.3)

    def test_much_output_does_not_block(self, builder: Builder, flow: Flow) -> None:
        script = "head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero | tr '\\0' y >&2"
        run = flow(builder.add("action.script", script=script)).log.last(ScriptRun)
        assert (len(run.stdout), len(run.stderr)) == (300000, 300000)

    def test_stderr_and_the_exit_status_are_kept_and_the_flow_goes_on(
        self, builder: Builder, flow: Flow
    ) -> None:
        script = builder.add("action.script", script="echo oops >&2; printf out; exit 3")
        alfred = flow(script, builder.add("output.clipboard"))
        run = alfred.log.last(ScriptRun)
        assert (run.stderr, run.rc) == ("oops\n", 3)
        assert alfred.clipboard == "out"

    def test_output_that_is_not_utf8_fails(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(BadOutput, match="not UTF-8"):
            flow(builder.add("action.script", script="printf '\\377'"))


class TestKeywords:
    @pytest.mark.parametrize(
        ("field", "withspace", "argument"),
        [
            ("usage", True, ""),
            ("usage ", True, ""),
            ("usage work", True, "work"),
            ("usage  work", True, " work"),
            ("usagework", True, None),
            ("usagework", False, "work"),
            ("usage work", False, "work"),
            ("usag", False, None),
            ("Usage x", True, "x"),
        ],
    )
    def test_argument(self, field: str, withspace: bool, argument: str | None) -> None:
        assert keyword_argument(field, "usage", withspace) == argument

    def test_configured_keywords_with_alternatives(self, builder: Builder, start: Start) -> None:
        builder.setting("textfield", "kw", default="usage")
        script = 'echo "{\\"items\\":[{\\"title\\":\\"$alfred_workflow_keyword/$1\\"}]}"'
        builder.add("input.scriptfilter", keyword="{var:kw}:||{var:kw} ::||", script=script)
        alfred = start(config={"kw": "left"})
        assert alfred.type("left: a")[0].title == "left:/a"
        assert alfred.type("left :: b")[0].title == "left ::/b"
        assert alfred.type("usage: a") == ()

    def test_an_emptied_keyword_opens_nothing(self, builder: Builder, start: Start) -> None:
        builder.setting("textfield", "kw", default="usage")
        builder.add("input.scriptfilter", keyword="{var:kw}", script=feed({"title": "a"}))
        alfred = start(config={"kw": ""})
        assert alfred.type("") == ()
        assert alfred.type("x") == ()

    def test_two_inputs_may_share_a_keyword(self, builder: Builder, start: Start) -> None:
        first = builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}))
        second = builder.add("input.keyword", keyword="u", text="b", argumenttype=1)
        rows = start().type("u")
        assert [(row.title, row.source) for row in rows] == [("a", first), ("b", second)]

    def test_a_file_filter_is_not_interpreted(self, builder: Builder, start: Start) -> None:
        builder.add("input.filefilter", keyword="f", withspace=True, argumenttype=0)
        with pytest.raises(UnsupportedObject, match=r"input\.filefilter"):
            start().type("f x")

    def test_a_required_argument_is_waited_for(self, builder: Builder, start: Start) -> None:
        builder.add(
            "input.scriptfilter",
            keyword="u",
            argumenttype=0,
            title="Type {query}…",
            subtext="now",
            script=feed({"title": "a"}),
        )
        alfred = start()
        row = alfred.type("u")[0]
        assert (row.title, row.subtitle, row.valid) == ("Type …", "now", False)
        assert alfred.log.scripts == []
        alfred.press("enter")
        assert alfred.field == "u "
        assert alfred.type("u x")[0].title == "a"

    def test_an_unwanted_argument_removes_the_row(self, builder: Builder, start: Start) -> None:
        builder.add("input.scriptfilter", keyword="u", argumenttype=2, script=feed({"title": "a"}))
        alfred = start()
        assert len(alfred.type("u")) == 1
        assert alfred.type("u x") == ()

    @pytest.mark.parametrize(("mode", "query"), [(0, "[a b]"), (1, "[ a b  ]")])
    def test_trimming(self, builder: Builder, start: Start, mode: int, query: str) -> None:
        script = 'echo "{\\"items\\":[{\\"title\\":\\"[$1]\\"}]}"'
        builder.add("input.scriptfilter", keyword="u", script=script, argumenttrimmode=mode)
        assert start().type("u  a b  ")[0].title == query


class TestScriptFilter:
    @pytest.mark.parametrize(
        ("script", "problem"),
        [
            ("echo Traceback", "no valid JSON"),
            ("true", "no valid JSON"),
            ("""echo '{"items":[],"rerun":NaN}'""", "no valid JSON"),
            (r"""echo '{"items":[{"title":"\ud83d"}]}'""", "no valid JSON"),
            ("""echo '{"items":[{"title":"a","valid":"false"}]}'""", "is not of type 'boolean'"),
            ("""echo '{"items":[{"subtitle":"a"}]}'""", "'title' is a required property"),
            ("""echo '{"alfredworkflow":{"arg":"x"}}'""", "'items' is a required property"),
            ("""echo '{"items":[],"variables":{"a":1}}'""", "is not of type 'string'"),
        ],
    )
    def test_a_bad_answer_fails_with_everything_it_said(
        self, builder: Builder, start: Start, script: str, problem: str
    ) -> None:
        builder.add("input.scriptfilter", keyword="u", script=f"echo why >&2; {script}")
        with pytest.raises(BadOutput, match=problem) as failure:
            start().type("u")
        assert "input.scriptfilter" in str(failure.value)
        assert "why" in str(failure.value)

    def test_rows_carry_what_the_item_says(self, builder: Builder, start: Start) -> None:
        item = {
            "title": "GLM · Work",
            "subtitle": "s",
            "arg": ["a", "b"],
            "icon": {"path": "i.png"},
            "valid": False,
            "uid": "1",
            "match": "glm work",
            "autocomplete": "x",
            "mods": {"cmd+alt": {"subtitle": "m"}},
            "text": {"copy": "c"},
            "quicklookurl": "https://q",
            "variables": {"v": "1"},
        }
        source = builder.add("input.scriptfilter", keyword="u", script=feed(item))
        row = start().type("u")[0]
        assert row.icon is not None
        assert (row.title, row.arg, row.icon.path) == ("GLM · Work", ("a", "b"), "i.png")
        assert (row.copied, row.enlarged, row.previewed) == ("c", "a\tb", "https://q")
        assert row.mod("alt+cmd").subtitle == "m"
        assert (row.source, row.valid, row.match) == (source, False, "glm work")

    def test_a_valid_answer_counts_although_the_script_failed(
        self, builder: Builder, start: Start
    ) -> None:
        builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}) + "\nexit 1")
        assert start().type("u")[0].title == "a"

    def test_files_that_do_not_exist_are_hidden(self, builder: Builder, start: Start) -> None:
        items: list[dict[str, Any]] = [
            {"title": "gone", "arg": "/nowhere/x", "type": "file"},
            {"title": "unchecked", "arg": "/nowhere/x", "type": "file:skipcheck"},
            {"title": "home", "arg": "~/tmp", "type": "file"},
        ]
        builder.add("input.scriptfilter", keyword="u", script=feed(*items))
        assert [row.title for row in start().type("u")] == ["unchecked", "home"]

    def test_alfred_filters_without_running_the_script_again(
        self, builder: Builder, start: Start
    ) -> None:
        script = feed({"title": "Work", "match": "glm work"}, {"title": "Home"})
        builder.add("input.scriptfilter", keyword="u", script=script, alfredfiltersresults=True)
        alfred = start()
        assert len(alfred.type("u")) == 2
        assert [row.title for row in alfred.type("u glm")] == ["Work"]
        assert [row.title for row in alfred.type("u home")] == ["Home"]
        assert alfred.type("u nothing") == ()
        assert len(alfred.log.scripts) == 1
        assert alfred.log.last(ScriptRun).argv[-1] != "glm"

    def test_otherwise_every_query_runs_it(self, builder: Builder, start: Start) -> None:
        builder.add("input.scriptfilter", keyword="u", script=feed({"title": "Work"}))
        alfred = start()
        alfred.type("u")
        assert len(alfred.type("u zzz")) == 1
        assert [run.argv[4:] for run in alfred.log.scripts] == [(), ("zzz",)]

    def test_session_variables_come_back(self, builder: Builder, start: Start) -> None:
        script = 'echo "{\\"items\\":[],\\"rerun\\":0.1,\\"variables\\":{\\"n\\":\\"$n+\\"}}"'
        builder.add("input.scriptfilter", keyword="u", script=script)
        alfred = start()
        alfred.type("u")
        alfred.type("u x")
        assert alfred.rerun()
        assert [run.env.get("n") for run in alfred.log.scripts] == [None, "+", "++"]
        alfred.press("esc")
        alfred.type("u")
        assert "n" not in alfred.log.last(ScriptRun).env

    def test_rerun_only_when_asked(self, builder: Builder, start: Start) -> None:
        builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}))
        alfred = start()
        assert not alfred.rerun()
        alfred.type("u")
        assert not alfred.rerun()
        assert len(alfred.log.scripts) == 1

    def test_typing_ends_the_reruns_of_a_filtered_list(
        self, builder: Builder, start: Start
    ) -> None:
        script = feed({"title": "a"}, rerun=0.1)
        builder.add("input.scriptfilter", keyword="u", script=script, alfredfiltersresults=True)
        alfred = start()
        alfred.type("u")
        assert alfred.rerun()
        alfred.type("u a")
        assert not alfred.rerun()

    def test_settle_waits_for_the_last_answer(self, builder: Builder, start: Start) -> None:
        script = (
            "echo x >> count; if [ $(wc -l < count) -lt 3 ]; then\n"
            + feed({"title": "wait"}, rerun=0.1)
            + "\nelse\n"
            + feed({"title": "done"})
            + "\nfi"
        )
        builder.add("input.scriptfilter", keyword="u", script=script)
        alfred = start()
        alfred.type("u")
        assert alfred.settle() == 2
        assert alfred.rows[0].title == "done"

    def test_settle_gives_up(self, builder: Builder, start: Start) -> None:
        builder.add("input.scriptfilter", keyword="u", script=feed(rerun=0.1))
        alfred = start()
        alfred.type("u")
        with pytest.raises(NotOnScreen, match="still asking"):
            alfred.settle(timeout=0.3)

    def test_a_rerun_keeps_the_selection_by_uid(self, builder: Builder, start: Start) -> None:
        script = (
            "if [ -f seen ]; then\n"
            + feed({"title": "new"}, {"title": "A", "uid": "a"}, {"title": "B", "uid": "b"})
            + "\nelse touch seen\n"
            + feed({"title": "A", "uid": "a"}, {"title": "B", "uid": "b"}, rerun=0.1)
            + "\nfi"
        )
        builder.add("input.scriptfilter", keyword="u", script=script)
        alfred = start()
        alfred.type("u")
        alfred.move_to("B")
        assert alfred.rerun()
        assert alfred.row.title == "B"
        assert isinstance(alfred.view, ListView)
        assert alfred.view.may_be_reordered

    def test_a_cached_answer_is_shown_without_a_run(self, builder: Builder, start: Start) -> None:
        script = feed({"title": "a"}, cache={"seconds": 60})
        builder.add("input.scriptfilter", keyword="u", script=script, alfredfiltersresults=True)
        alfred = start()
        alfred.type("u")
        alfred.close()
        assert alfred.type("u")[0].title == "a"
        assert len(alfred.log.scripts) == 1


class TestMatching:
    @pytest.mark.parametrize(
        ("text", "query", "kept"),
        [
            ("GLM Work", "glm", True),
            ("GLM Work", "work", True),
            ("GLM Work", "glm wo", True),
            ("GLM Work", "ork", False),
            ("GLM Work", "work glm", False),
            ("GLM Work", " work ", True),
            ("GLM Work", "", True),
            ("Café", "cafe", True),
            ("Cafe", "café", False),
            ("Café", "cafe\u0301", True),
            ("KIMI 主账号", "主账", True),
            ("", "a", False),
        ],
    )
    def test_from_the_start_or_white_space(self, text: str, query: str, kept: bool) -> None:
        assert matches(text, query) is kept

    def test_other_modes(self) -> None:
        assert not matches("GLM Work", "work", mode=1)
        assert matches("GLM Work", "work gl", WORDS_ANY_ORDER)
        assert not matches("GLM Work", "ork", WORDS_ANY_ORDER)
        assert matches("GLM at Work", "g w", WORDS_IN_ORDER)
        assert not matches("GLM Work", "w g", WORDS_IN_ORDER)

    def test_an_empty_match_field_hides_the_row(self, builder: Builder, start: Start) -> None:
        script = feed({"title": "Work", "match": ""})
        builder.add("input.scriptfilter", keyword="u", script=script, alfredfiltersresults=True)
        assert start().type("u work") == ()


class TestActioning:
    def test_the_link_of_the_modifier_wins_else_the_plain_one(
        self, builder: Builder, start: Start
    ) -> None:
        item = {"title": "a", "arg": "x", "mods": {"alt": {"arg": "y"}, "ctrl": {"subtitle": "s"}}}
        source = builder.add("input.scriptfilter", keyword="u", script=feed(item))
        plain = builder.add("output.clipboard", clipboardtext="plain {query}")
        held = builder.add("output.clipboard", clipboardtext="cmd {query}")
        builder.link(source, plain)
        builder.link(source, held, "cmd", subtext="by the link")
        alfred = start()
        for keys, text in [
            ("enter", "plain x"),
            ("cmd+enter", "cmd x"),
            ("alt+enter", "plain y"),
            ("ctrl+enter", "plain x"),
        ]:
            alfred.type("u")
            alfred.press(keys)
            assert alfred.clipboard == text
        alfred.type("u")
        assert alfred.subtitle("cmd") == "by the link"
        assert alfred.subtitle("ctrl") == "s"
        assert alfred.subtitle("fn") == alfred.subtitle() == ""

    def test_variables_of_a_modifier_replace_the_items(
        self, builder: Builder, start: Start
    ) -> None:
        item = {
            "title": "a",
            "variables": {"v": "item"},
            "mods": {
                "cmd": {"variables": {}},
                "alt": {"variables": {"w": "mod"}},
                "ctrl": {"subtitle": "s"},
            },
        }
        script = feed(item, variables={"top": "top"})
        source = builder.add("input.scriptfilter", keyword="u", script=script)
        shown = builder.add("output.clipboard", clipboardtext="{var:v},{var:w},{var:top}")
        builder.link(source, shown)

        def clipboards(alfred: Alfred) -> list[str]:
            for keys in ("enter", "cmd+enter", "alt+enter", "ctrl+enter"):
                alfred.type("u")
                alfred.press(keys)
            return [event.text for event in alfred.log.of(ClipboardSet)]

        assert clipboards(start()) == ["item,,top", ",,top", ",mod,top", "item,,top"]
        lossy = start(keep_session=False)
        assert clipboards(lossy) == ["item,,top", ",,", ",mod,", "item,,top"]

    def test_an_item_wins_over_the_session(self, builder: Builder, start: Start) -> None:
        script = feed({"title": "a", "variables": {"v": "item"}}, variables={"v": "top"})
        source = builder.add("input.scriptfilter", keyword="u", script=script)
        builder.link(source, builder.add("output.clipboard", clipboardtext="{var:v}"))
        alfred = start()
        alfred.type("u")
        alfred.press("enter")
        assert alfred.clipboard == "item"

    def test_all_links_fire(self, builder: Builder, start: Start) -> None:
        source = builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}))
        for text in ("one", "two"):
            builder.link(source, builder.add("output.clipboard", clipboardtext=text))
        alfred = start()
        alfred.type("u")
        alfred.press("enter")
        assert [event.text for event in alfred.log.of(ClipboardSet)] == ["one", "two"]

    def test_an_invalid_row_completes_or_does_nothing(self, builder: Builder, start: Start) -> None:
        items: list[dict[str, Any]] = [
            {"title": "plain", "valid": False, "mods": {"cmd": {"valid": True, "arg": "m"}}},
            {"title": "deeper", "valid": False, "autocomplete": "glm "},
            {"title": "shown", "mods": {"cmd": {"valid": False, "subtitle": "only words"}}},
        ]
        source = builder.add("input.scriptfilter", keyword="u", script=feed(*items))
        builder.link(source, builder.add("output.clipboard"))
        alfred = start()
        alfred.type("u")
        alfred.press("enter")
        assert (alfred.log.links, alfred.field) == ([], "u")
        alfred.move_to("shown")
        alfred.press("cmd+enter")
        assert alfred.log.links == []
        alfred.move_to("deeper")
        alfred.press("cmd+enter")
        assert alfred.field == "u"
        alfred.press("enter")
        assert (alfred.log.links, alfred.field) == ([], "u glm ")
        alfred.move_to("plain")
        alfred.press("cmd+enter")
        assert alfred.clipboard == "m"

    def test_tab_completes_and_runs_again(self, builder: Builder, start: Start) -> None:
        script = feed({"title": "a", "autocomplete": "glm"}, {"title": "b"})
        builder.add("input.scriptfilter", keyword="u", script=script)
        alfred = start()
        alfred.type("u")
        alfred.press("tab")
        assert alfred.field == "u glm"
        assert alfred.log.last(ScriptRun).argv[-1] == "glm"
        alfred.move_to("b")
        alfred.press("tab")
        assert alfred.field == "u glm"

    def test_copy_large_type_and_quick_look(self, builder: Builder, start: Start) -> None:
        items: list[dict[str, Any]] = [
            {"title": "a", "arg": "x"},
            {"title": "b", "text": {"copy": "c", "largetype": "l"}, "quicklookurl": "https://q"},
            {"title": "c"},
        ]
        builder.add("input.scriptfilter", keyword="u", script=feed(*items))
        alfred = start()
        alfred.type("u")
        for place in range(3):
            alfred.move_to(place)
            for keys in ("cmd+c", "cmd+l", "cmd+y", "shift"):
                alfred.press(keys)
        assert [event.text for event in alfred.log.of(ClipboardSet)] == ["x", "c"]
        assert [event.text for event in alfred.log.of(LargeTypeShown)] == ["x", "l"]
        looks = [event.url for event in alfred.log.of(QuickLookShown)]
        assert looks == ["x", "x", "https://q", "https://q"]

    def test_moving(self, builder: Builder, start: Start) -> None:
        titles = ("GLM · Work 41%", "GLM · Home", "KIMI")
        script = feed(*({"title": title} for title in titles))
        source = builder.add("input.scriptfilter", keyword="u", script=script)
        builder.link(source, builder.add("output.clipboard", clipboardtext="done"))
        alfred = start()
        alfred.type("u")
        assert alfred.move_to("GLM · Work").title == titles[0]
        assert alfred.move_to(-1).title == "KIMI"
        assert alfred.move_to(lambda row: "Home" in row.title).title == titles[1]
        alfred.press("down")
        alfred.press("down")
        assert alfred.row.title == "KIMI"
        alfred.press("up")
        assert alfred.row.title == titles[1]
        for target in ("GLM", "OpenAI", 3):
            with pytest.raises(NotOnScreen, match="on screen"):
                alfred.move_to(target)
        alfred.press("cmd+2")
        assert alfred.clipboard == "done"

    def test_keys_that_mean_nothing_fail(self, builder: Builder, start: Start) -> None:
        builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}))
        alfred = start()
        with pytest.raises(NotOnScreen, match="no list"):
            alfred.press("enter")
        alfred.type("u")
        for keys in ("cmd+q", "win+enter", "cmd+cmd+enter"):
            with pytest.raises(NotOnScreen):
                alfred.press(keys)

    def test_chords(self) -> None:
        assert chord("alt+cmd+enter") == chord("⌘".replace("⌘", "cmd") + "+opt+return")
        assert flags_of(modifiers_of("cmd+alt")) == 1572864
        assert chord("enter").flags == 0

    def test_the_window_closes_unless_told_not_to(self, builder: Builder, start: Start) -> None:
        source = builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}))
        builder.link(source, builder.add("utility.junction"))
        builder.link(source, builder.add("utility.junction"), "cmd", vitoclose=True)
        alfred = start()
        alfred.type("u")
        alfred.press("cmd+enter")
        assert alfred.view is not None
        assert alfred.log.links[-1].vitoclose
        alfred.press("enter")
        assert alfred.view is None
        assert not alfred.log.links[-1].vitoclose


class TestRunScript:
    def test_the_output_is_not_stripped(self, builder: Builder, flow: Flow) -> None:
        alfred = flow(
            builder.add("action.script", script="echo x"), builder.add("output.clipboard")
        )
        assert alfred.clipboard == "x\n"

    def answer(self, builder: Builder, flow: Flow, body: dict[str, Any], before: Any = "in") -> str:
        script = "cat <<'X'\n" + json.dumps({"alfredworkflow": body}) + "\nX"
        shown = builder.add("output.clipboard", clipboardtext="{query}|{var:v}")
        return flow(builder.add("action.script", script=script), shown, argument=before).clipboard

    def test_json_sets_argument_and_variables(self, builder: Builder, flow: Flow) -> None:
        assert self.answer(builder, flow, {"arg": "x", "variables": {"v": "1"}}) == "x|1"

    def test_json_without_arg_clears_the_query(self, builder: Builder, flow: Flow) -> None:
        assert self.answer(builder, flow, {"variables": {"v": "1"}}) == "|1"

    def test_json_may_pass_the_query_through(self, builder: Builder, flow: Flow) -> None:
        assert self.answer(builder, flow, {"arg": "{query}"}, ("a", "b")) == "a\tb|"

    def test_json_may_hand_on_an_array(self, builder: Builder, flow: Flow) -> None:
        assert self.answer(builder, flow, {"arg": ["a", "b"]}) == "a\tb|"

    def test_json_may_configure_the_next_object(self, builder: Builder, flow: Flow) -> None:
        assert self.answer(builder, flow, {"config": {"clipboardtext": "mine"}}) == "mine"

    @pytest.mark.parametrize(
        "output",
        ['{"alfredworkflow": {"arg": 1}}', '{"alfredworkflow": {', '{"alfredworkflow": 1}'],
    )
    def test_bad_json_fails(self, builder: Builder, flow: Flow, output: str) -> None:
        with pytest.raises(BadOutput, match=r"action\.script"):
            flow(builder.add("action.script", script=f"echo '{output}'"))

    def test_other_json_is_text(self, builder: Builder, flow: Flow) -> None:
        script = builder.add("action.script", script="printf '%s' '{\"a\": 1}'")
        assert flow(script, builder.add("output.clipboard")).clipboard == '{"a": 1}'


class TestUtilities:
    def test_arg_and_vars_sees_only_what_came_in(self, builder: Builder, flow: Flow) -> None:
        both = builder.add(
            "utility.argument", argument="{query}!{var:v}", variables={"v": "<{query}>"}
        )
        shown = builder.add("output.clipboard", clipboardtext="{query} {var:v}")
        assert flow(both, shown, argument="q").clipboard == "q! <q>"

    def test_arg_and_vars_may_pass_an_array(self, builder: Builder, flow: Flow) -> None:
        through = builder.add("utility.argument", argument="x", passthroughargument=True)
        script = builder.add("action.script", script='printf "%s" "$#"')
        assert flow(through, script, argument=("a", "b")).log.last(ScriptRun).stdout == "2"

    @pytest.mark.parametrize(
        ("argument", "taken"), [("a", "A"), ("b", "B"), ("c", "else"), ("A", "else")]
    )
    def test_the_first_condition_that_holds(
        self, builder: Builder, start: Start, argument: str, taken: str
    ) -> None:
        start_ = builder.add("trigger.external", triggerid="go")
        conditions: list[dict[str, Any]] = [
            {"uid": "A", "matchstring": "a"},
            {"uid": "B", "inputstring": "{query}", "matchmode": 4, "matchstring": "^[ab]$"},
        ]
        choice = builder.conditional(*conditions)
        builder.link(start_, choice)
        for output in ("A", "B", None):
            text = output or "else"
            target = builder.add("output.clipboard", clipboardtext=text)
            builder.link(choice, target, output=output)
        alfred = start()
        alfred.trigger("go", argument)
        assert [event.text for event in alfred.log.of(ClipboardSet)] == [taken]

    def test_a_hidden_else_ends_the_flow(self, builder: Builder, flow: Flow) -> None:
        choice = builder.conditional({"uid": "A", "matchstring": "a"}, hideelse=True)
        assert flow(choice, builder.add("output.clipboard"), argument="b").clipboard == ""

    @pytest.mark.parametrize(
        ("mode", "left", "right", "result"),
        [
            (0, "a", "a", True),
            (0, "a", "b", False),
            (1, "a", "b", True),
            (1, "a", "a", False),
            (2, "10", "9", True),
            (2, "b", "a", True),
            (3, "9", "10", True),
            (3, "10", "9", False),
            (4, "abc", "b.", True),
            (4, "abc", "^b", False),
            (5, "1", "", True),
            (5, "true", "", True),
            (5, "0", "", False),
            (5, "", "", False),
            (6, "", "", True),
            (6, "0", "", True),
            (6, "1", "", False),
        ],
    )
    def test_conditions(self, mode: int, left: str, right: str, result: bool) -> None:
        assert holds(mode, left, right, case_sensitive=True) is result

    def test_conditions_may_ignore_case(self) -> None:
        assert holds(0, "A", "a", case_sensitive=False)
        assert holds(4, "ABC", "b", case_sensitive=False)
        assert not holds(4, "ABC", "b", case_sensitive=True)

    def test_an_unknown_mode_fails(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(UnsupportedObject, match="unknown match mode 7"):
            flow(builder.conditional({"uid": "A", "matchmode": 7}))

    @pytest.mark.parametrize(
        ("mode", "string", "passes"),
        [(0, "a", True), (0, "b", False), (1, "a", False), (1, "b", True), (2, "^a", True)],
    )
    def test_filter(
        self, builder: Builder, flow: Flow, mode: int, string: str, passes: bool
    ) -> None:
        gate = builder.add("utility.filter", matchmode=mode, matchstring=string)
        assert bool(flow(gate, builder.add("output.clipboard"), argument="a").clipboard) is passes

    def test_json_utility(self, builder: Builder, flow: Flow) -> None:
        body = {"alfredworkflow": {"arg": "<{query}>", "variables": {"v": "{query}"}}}
        step = builder.add("utility.json", json=json.dumps(body))
        shown = builder.add("output.clipboard", clipboardtext="{query}{var:v}")
        assert flow(step, shown, argument='a"b').clipboard == '<a"b>a"b'

    @pytest.mark.parametrize("text", ["", "{}", '{"alfredworkflow": {"arg": 1}}'])
    def test_a_bad_json_utility_fails(self, builder: Builder, flow: Flow, text: str) -> None:
        with pytest.raises(BadOutput, match=r"utility\.json"):
            flow(builder.add("utility.json", json=text))

    def test_split(self, builder: Builder, flow: Flow) -> None:
        named = builder.add("utility.split")
        shown = builder.add("output.clipboard", clipboardtext="{var:split1}+{var:split2}")
        assert flow(named, shown, argument="a, b").clipboard == "a+b"

    def test_split_into_an_array(self, builder: Builder, flow: Flow) -> None:
        step = builder.add("utility.split", outputas=1, discardemptyarguments=True)
        script = builder.add("action.script", script='printf "%s" "$#$2"')
        assert flow(step, script, argument="a,,b").log.last(ScriptRun).stdout == "2b"

    def test_replace(self, builder: Builder, flow: Flow) -> None:
        text = builder.add("utility.replace", matchstring="a.", replacestring="x")
        regex = builder.add(
            "utility.replace", matchmode=1, matchstring="(b)(c)", replacestring="$2$1"
        )
        alfred = flow(text, regex, builder.add("output.clipboard"), argument="a.abc")
        assert alfred.clipboard == "xacb"

    def test_transform_trims(self, builder: Builder, flow: Flow) -> None:
        trim = builder.add("utility.transform")
        assert flow(trim, builder.add("output.clipboard"), argument=" a\n").clipboard == "a"

    def test_other_transforms_fail(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(UnsupportedObject, match="type 0"):
            flow(builder.add("utility.transform", type=3))

    def test_delay_debug_and_junction_hand_on(self, builder: Builder, flow: Flow) -> None:
        steps = ("utility.junction", "utility.delay", "utility.debug", "output.clipboard")
        alfred = flow(*map(builder.add, steps), argument="x")
        assert alfred.log.last(Delayed).seconds == "1"
        assert alfred.log.last(Debugged).text == "x"
        assert alfred.clipboard == "x"

    def test_an_object_that_is_not_interpreted_fails(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(UnsupportedObject, match=r"output\.writefile"):
            flow(builder.add("output.writefile"))

    def test_a_loop_ends(self, builder: Builder, start: Start) -> None:
        one = builder.add("trigger.external", triggerid="go")
        two = builder.add("utility.junction")
        builder.chain(one, two, one)
        with pytest.raises(EndlessFlow, match="still goes on"):
            start().trigger("go")


class TestPlaceholders:
    SCOPE = Scope(constants={"c": "C"}, settings={"s": "S", "v": "setting"})

    @pytest.mark.parametrize(
        ("text", "filled"),
        [
            ("{query}", "{var:s}"),
            ("{var:s}{const:c}", "SC"),
            ("{var:v}", "stream"),
            ("[{var:unknown}{const:unknown}]", "[]"),
            ("{var:HOME}", ""),
            ("{other} {}", "{other} {}"),
        ],
    )
    def test_each_is_filled_once(self, text: str, filled: str) -> None:
        assert self.SCOPE.expand(text, Stream("{var:s}", {"v": "stream"})) == filled

    def test_an_array_becomes_tabs(self) -> None:
        assert self.SCOPE.expand("{query}", Stream(("a", "b"))) == "a\tb"


class TestOutputs:
    def test_the_clipboard_says_if_it_is_transient(self, builder: Builder, flow: Flow) -> None:
        alfred = flow(builder.add("output.clipboard", transient=True), argument="x")
        assert alfred.log.last(ClipboardSet) == ClipboardSet("x", transient=True)

    def test_notifications(self, builder: Builder, flow: Flow) -> None:
        first = builder.add("output.notification", onlyshowifquerypopulated=True)
        second = builder.add("output.notification", title="T {var:v}", text="{query}.")
        alfred = flow(first, second)
        assert alfred.log.notifications == [NotificationShown("T ", ".")]

    def test_notification_of_a_file(self, builder: Builder, flow: Flow) -> None:
        note = builder.add("output.notification", lastpathcomponent=True, removeextension=True)
        assert flow(note, argument="/a/b.txt").log.notifications[0].text == "b"

    def test_large_type_sound_and_files(self, builder: Builder, flow: Flow) -> None:
        steps = [
            builder.add("output.largetype"),
            builder.add("output.playsound", soundname="Pop"),
            builder.add("action.revealfile"),
        ]
        alfred = flow(*steps, argument="/x")
        assert alfred.log.last(LargeTypeShown).text == "/x"
        assert alfred.log.last(SoundPlayed).name == "Pop"
        assert alfred.log.last(FileOpened).path == "/x"

    @pytest.mark.parametrize(
        ("config", "url"),
        [
            ({"url": ""}, "https://a/?b=c d"),
            ({"url": "{query}"}, "https://a/?b=c d"),
            ({"url": "https://x/?q={query}"}, "https://x/?q=https%3A%2F%2Fa%2F%3Fb%3Dc%20d"),
            (
                {"url": "https://x/?q={query}", "skipqueryencode": True},
                "https://x/?q=https://a/?b=c d",
            ),
            ({"url": "{var:s}", "skipvarencode": True}, "https://s"),
            ({"url": "{var:s}"}, "https%3A%2F%2Fs"),
        ],
    )
    def test_open_url(self, builder: Builder, flow: Flow, config: dict[str, Any], url: str) -> None:
        builder.variables["s"] = "https://s"
        alfred = flow(builder.add("action.openurl", **config), argument="https://a/?b=c d")
        assert alfred.log.last(UrlOpened).url == url
        assert alfred.log.urls == [url]

    def test_hide_and_show(self, builder: Builder, start: Start) -> None:
        source = builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}))
        hide, show = builder.add("utility.hidealfred"), builder.add("utility.showalfred")
        builder.objects[-1]["config"]["argument"] = "u {query}"
        builder.link(source, hide, vitoclose=True)
        builder.link(source, show, "cmd")
        alfred = start()
        alfred.type("u")
        alfred.press("enter")
        assert alfred.view is None
        assert alfred.log.last(AlfredHidden)
        alfred.type("u")
        alfred.press("cmd+enter")
        assert alfred.log.last(AlfredShown).text == alfred.field == "u "
        assert alfred.row.title == "a"


class TestTriggers:
    def test_external_triggers_start_a_flow(self, builder: Builder, flow: Flow) -> None:
        shown = builder.add("output.clipboard", clipboardtext="{query}{var:v}")
        alfred = flow(shown)
        alfred.trigger("go", "a", {"v": "b"})
        assert alfred.clipboard == "ab"
        with pytest.raises(UnknownTrigger, match="'gone'"):
            alfred.trigger("gone")

    @pytest.mark.parametrize(
        ("argument", "variables", "text"),
        [(True, True, "q|v"), (True, False, "q|"), (False, True, "|v"), (False, False, "|")],
    )
    def test_a_call_hands_on_what_it_is_told_to(
        self, builder: Builder, flow: Flow, argument: bool, variables: bool, text: str
    ) -> None:
        target = builder.add("trigger.external", triggerid="target")
        builder.link(target, builder.add("output.clipboard", clipboardtext="{query}|{var:v}"))
        call = builder.add(
            "output.callexternaltrigger",
            externaltriggerid="target",
            passinputasargument=argument,
            passvariables=variables,
        )
        setter = builder.add("utility.argument", variables={"v": "v"})
        alfred = flow(setter, call, argument="q")
        assert alfred.clipboard == text
        assert alfred.log.last(TriggerCalled).trigger == "target"

    def test_a_call_may_name_an_objects_external_id(self, builder: Builder, flow: Flow) -> None:
        builder.add("output.clipboard", inbound={"externalid": "copy"})
        call = builder.add("output.callexternaltrigger", externaltriggerid="copy")
        assert flow(call, argument="x").clipboard == "x"

    def test_a_call_to_nowhere_fails(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(UnknownTrigger, match="'lost'"):
            flow(builder.add("output.callexternaltrigger", externaltriggerid="lost"))

    def test_another_workflow_is_only_noted(self, builder: Builder, flow: Flow) -> None:
        call = builder.add(
            "output.callexternaltrigger", externaltriggerid="t", workflowbundleid="other"
        )
        assert flow(call).log.last(TriggerCalled).bundleid == "other"

    @pytest.mark.parametrize(("argument", "text"), [(0, "[]"), (1, "[sel]"), (3, "[typed v]")])
    def test_hotkeys(self, builder: Builder, start: Start, argument: int, text: str) -> None:
        builder.variables["v"] = "v"
        key = builder.add("trigger.hotkey", argument=argument, argumenttext="typed {var:v}")
        builder.link(key, builder.add("output.clipboard", clipboardtext="[{query}]"))
        alfred = start()
        alfred.hotkey(key, selection="sel")
        assert alfred.clipboard == text
        with pytest.raises(UnknownTrigger):
            alfred.hotkey("nothing")

    def test_universal_actions_and_fallbacks(self, builder: Builder, start: Start) -> None:
        action = builder.add("trigger.universalaction", name="Add as credential")
        fallback = builder.add("trigger.fallback", text="Search")
        copied = builder.add("output.clipboard")
        builder.link(action, copied)
        builder.link(fallback, copied)
        alfred = start()
        alfred.universal_action("Add as credential", "x")
        assert alfred.clipboard == "x"
        alfred.fallback("Search", "y")
        assert alfred.clipboard == "y"
        with pytest.raises(UnknownTrigger, match="does not accept a url"):
            alfred.universal_action(action, "https://x", kind="url")


class TestInputsInAFlow:
    def test_a_prompt_takes_what_is_typed(self, builder: Builder, flow: Flow) -> None:
        keep = builder.add("utility.argument", argument="", variables={"old": "{query}"})
        prompt = builder.add("input.keyword", text="Rename to “{query}”", subtext="{var:old}")
        shown = builder.add("output.clipboard", clipboardtext="{var:old} → {query}")
        alfred = flow(keep, prompt, shown, argument="Work")
        assert isinstance(alfred.view, ListView)
        assert alfred.view.object is not None
        assert alfred.view.object.uid == prompt
        assert (alfred.row.title, alfred.row.subtitle) == ("Rename to “”", "Work")
        alfred.press("enter")
        assert alfred.clipboard == ""
        alfred.type("Büro 🏢")
        assert alfred.row.title == "Rename to “Büro 🏢”"
        alfred.press("enter")
        assert alfred.clipboard == "Work → Büro 🏢"
        assert alfred.view is None

    @pytest.mark.parametrize(
        ("inbound", "field"),
        [
            (None, "in"),
            ({"usecustominputarg": True}, ""),
            ({"usecustominputarg": True, "custominputarg": "<{query}>"}, "<in>"),
        ],
    )
    def test_what_the_field_starts_with(
        self, builder: Builder, flow: Flow, inbound: dict[str, Any] | None, field: str
    ) -> None:
        prompt = builder.add("input.keyword", inbound=inbound, text="{query}", argumenttype=1)
        alfred = flow(prompt, argument="in")
        assert alfred.field == alfred.row.title == field
        assert alfred.log.last(InputShown).field == field

    def test_an_incoming_argument_filters_the_rows(self, builder: Builder, flow: Flow) -> None:
        script = feed({"title": "Work"}, {"title": "Home"})
        source = builder.add("input.scriptfilter", script=script, alfredfiltersresults=True)
        alfred = flow(source, argument="Work")
        assert [row.title for row in alfred.rows] == ["Work"]
        alfred.type("")
        assert len(alfred.rows) == 2

    def test_a_script_filter_sees_the_streams_variables(self, builder: Builder, flow: Flow) -> None:
        script = 'echo "{\\"items\\":[{\\"title\\":\\"$account/$1\\"}]}"'
        source = builder.add("input.scriptfilter", keyword="u", script=script)
        setter = builder.add("utility.argument", argument="", variables={"account": "a1"})
        shown = builder.add("output.clipboard", clipboardtext="{var:account}")
        alfred = flow(setter, source, shown)
        assert alfred.row.title == "a1/"
        assert "alfred_workflow_keyword" not in alfred.log.last(ScriptRun).env
        assert alfred.type("x")[0].title == "a1/x"
        alfred.press("enter")
        assert alfred.clipboard == "a1"

    def test_a_list_filter(self, builder: Builder, flow: Flow) -> None:
        items: list[dict[str, Any]] = [
            {"title": "MiniMax {var:v}", "subtitle": "s", "arg": "minimax"},
            {"title": "GLM", "arg": "glm", "imagefile": "glm.png"},
        ]
        builder.variables["v"] = "!"
        source = builder.add("input.listfilter", items=json.dumps(items))
        alfred = flow(source, builder.add("output.clipboard"))
        assert [row.title for row in alfred.rows] == ["MiniMax !", "GLM"]
        assert [row.title for row in alfred.type("gl")] == ["GLM"]
        alfred.press("enter")
        assert alfred.clipboard == "glm"

    def test_variables_do_not_outlive_their_flow(self, builder: Builder, flow: Flow) -> None:
        setter = builder.add("utility.argument", variables={"v": "1"})
        alfred = flow(setter, builder.add("output.clipboard", clipboardtext="x{var:v}"))
        assert alfred.clipboard == "x1"
        builder.link(
            builder.add("trigger.external", triggerid="again"),
            builder.add("output.clipboard", clipboardtext="y{var:v}"),
        )
        alfred = Alfred(builder.save(), alfred.stage.runner.folder.parent / "home")
        alfred.trigger("go")
        alfred.trigger("again")
        assert alfred.clipboard == "y"

    def test_escape_closes(self, builder: Builder, flow: Flow) -> None:
        alfred = flow(builder.add("input.keyword"))
        alfred.press("esc")
        assert alfred.view is None
        assert alfred.rows == ()


class TestDialogs:
    def ask(self, builder: Builder, start: Start) -> Alfred:
        begin = builder.add("trigger.external", triggerid="go")
        dialog = builder.add(
            "utility.dialog",
            title="Remove {query}?",
            description="{var:v}",
            button1="Remove",
            button2="Cancel",
            button3="",
        )
        builder.link(begin, dialog)
        builder.link(dialog, builder.add("output.clipboard"), output="_button1")
        return start()

    def test_a_flow_waits_for_the_button(self, builder: Builder, start: Start) -> None:
        alfred = self.ask(builder, start)
        alfred.trigger("go", "Work")
        assert isinstance(alfred.view, DialogView)
        assert alfred.log.last(DialogShown).title == "Remove Work?"
        with pytest.raises(NotOnScreen, match="a dialog is waiting"):
            alfred.type("x")
        alfred.choose("Remove")
        assert alfred.clipboard == "Work"
        assert alfred.view is None
        with pytest.raises(NotOnScreen, match="no dialog"):
            alfred.choose("Remove")

    def test_a_button_without_a_link_ends_the_flow(self, builder: Builder, start: Start) -> None:
        alfred = self.ask(builder, start)
        alfred.dialog_answers.extend(["Cancel", 1])
        alfred.trigger("go", "Work")
        assert (alfred.clipboard, alfred.view) == ("", None)
        assert alfred.log.last(DialogAnswered).button == "Cancel"
        alfred.trigger("go", "Work")
        assert alfred.clipboard == "Work"

    @pytest.mark.parametrize("button", ["Delete", "", 3, 7])
    def test_a_button_that_is_not_there_fails(
        self, builder: Builder, start: Start, button: str | int
    ) -> None:
        alfred = self.ask(builder, start)
        alfred.trigger("go")
        with pytest.raises(NotOnScreen, match="has no button"):
            alfred.choose(button)


class TestTextViews:
    def test_it_shows_the_argument(self, builder: Builder, flow: Flow) -> None:
        view = builder.add("userinterface.text", footertext="{var:v}foot")
        alfred = flow(view, argument="# Title")
        assert isinstance(alfred.view, TextView)
        assert alfred.view.text == "# Title"
        assert alfred.log.last(TextViewShown).footer == "foot"
        with pytest.raises(NotOnScreen, match="read-only"):
            alfred.type("x")
        alfred.press("enter")
        assert alfred.view is not None
        alfred.press("esc")
        assert alfred.view is None

    def test_a_stacked_view_goes_back(self, builder: Builder, start: Start) -> None:
        source = builder.add("input.scriptfilter", keyword="u", script=feed({"title": "a"}))
        builder.link(source, builder.add("userinterface.text", stackview=True), vitoclose=True)
        alfred = start()
        alfred.type("u")
        alfred.press("enter")
        alfred.press("esc")
        assert alfred.row.title == "a"

    def test_an_editable_view_hands_on_its_text(self, builder: Builder, flow: Flow) -> None:
        view = builder.add("userinterface.text", behaviour=1)
        alfred = flow(view, builder.add("output.clipboard"), argument="old")
        alfred.type("new")
        alfred.press("cmd+enter")
        assert alfred.clipboard == "new"

    def script_view(self, builder: Builder, body: str) -> str:
        name = builder.script("view.sh", f"#!/bin/sh\n{body}\n")
        return builder.add("userinterface.text", inputtype=1, inputfile=name)

    def test_a_script_may_fill_it_again_and_again(self, builder: Builder, flow: Flow) -> None:
        body = (
            'if [ -z "$n" ]; then\n'
            'echo "{\\"response\\": \\"$1\\", \\"rerun\\": 0.1, \\"variables\\": {\\"n\\": \\"1\\"}}"\n'
            'else echo \'{"response": " more", "behaviour": {"response": "append"}}\'; fi'
        )
        alfred = flow(self.script_view(builder, body), argument="text")
        assert alfred.rerun()
        assert not alfred.rerun()
        shown = [event.text for event in alfred.log.of(TextViewShown)]
        assert shown == ["text", "text more"]

    def test_a_script_may_leave_it_at_once(self, builder: Builder, flow: Flow) -> None:
        body = """echo '{"response": "r", "actionoutput": true}'"""
        alfred = flow(self.script_view(builder, body), builder.add("output.clipboard"))
        assert (alfred.clipboard, alfred.view) == ("r", None)

    @pytest.mark.parametrize("body", ["echo text", """echo '{"respnse": "r"}'"""])
    def test_a_bad_answer_fails(self, builder: Builder, flow: Flow, body: str) -> None:
        with pytest.raises(BadOutput, match=r"userinterface\.text"):
            flow(self.script_view(builder, body))

    def test_a_file_may_fill_it(self, builder: Builder, flow: Flow) -> None:
        (builder.folder / "guide.md").write_text("# Guide", encoding="utf-8")
        view = builder.add("userinterface.text", inputtype=2, inputfile="guide.md")
        assert flow(view).log.last(TextViewShown).text == "# Guide"

    def test_a_missing_file_fails(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(BadScript, match=r"no file guide\.md"):
            flow(builder.add("userinterface.text", inputtype=2, inputfile="guide.md"))

    def test_a_chat_is_not_interpreted(self, builder: Builder, flow: Flow) -> None:
        with pytest.raises(UnsupportedObject, match="chat"):
            flow(builder.add("userinterface.text", behaviour=2))


class TestWithRecorders:
    def test_a_script_reaches_the_recorded_commands(
        self, builder: Builder, flow: Flow, recorders: Recorders
    ) -> None:
        recorders.answer("osascript", stdout="sk-1\n")
        script = "osascript -e 'display dialog' | tr -d '\\n' | LC_CTYPE=UTF-8 pbcopy; pbpaste"
        alfred = flow(builder.add("action.script", script=script), recorders=recorders)
        assert alfred.log.last(ScriptRun).stdout == "sk-1"
        assert alfred.clipboard == recorders.clipboard == "sk-1"
        assert recorders.calls("osascript")[0].argv == ("-e", "display dialog")

    def test_alfreds_clipboard_is_what_pbpaste_reads(
        self, builder: Builder, flow: Flow, recorders: Recorders
    ) -> None:
        copied = builder.add("output.clipboard")
        read = builder.add("action.script", script="pbpaste")
        alfred = flow(copied, read, argument="x", recorders=recorders)
        assert alfred.log.last(ScriptRun).stdout == "x"

    def test_a_folder_alone_is_enough(
        self, builder: Builder, flow: Flow, recorders: Recorders
    ) -> None:
        flow(builder.add("action.script", script="open https://a"), path=[recorders.bin])
        assert recorders.calls("open")[0].argv == ("https://a",)


def test_the_log_says_what_is_missing(builder: Builder, flow: Flow) -> None:
    alfred = flow(builder.add("output.clipboard"))
    with pytest.raises(AssertionError, match="no ScriptRun happened; the log has LinkFollowed"):
        alfred.log.last(ScriptRun)
