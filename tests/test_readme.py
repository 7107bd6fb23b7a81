"""The READMEs say what is true: their tables are the product's, their commands and files exist and run."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import workflow
from scripts import commands
from scripts.tools import readme
from tests import demo as demonstration
from tests import stored
from tests.conftest import ROOT, Shell
from tests.said import english, in_language
from tests.standin import KEYS, StandIn
from tests.terminal import shown
from workflow import settings
from workflow.guide import guide, table
from workflow.provider import discovery

NAMES = readme.NAMES
README = {language: (ROOT / name).read_text(encoding="utf-8") for language, name in NAMES.items()}
LONGEST = 200  # lines
HEADS = {"en": "## Where to find the credentials", "zh": "## 在哪里获取凭证"}
languages = pytest.mark.parametrize("language", guide.LANGUAGES)


@languages
def test_is_short_and_leads_to_the_other_language_and_to_the_guide(language: str) -> None:
    told = README[language]
    assert len(told.splitlines()) <= LONGEST
    (other,) = (name for key, name in NAMES.items() if key != language)
    assert f"]({other})" in told.partition("\n```sh")[0]
    assert f"](workflow/guide/{language}.md)" in told
    assert f"](workflow/guide/reference.{language}.md#uninstall)" in told


@languages
def test_says_where_every_credential_is_made(language: str) -> None:
    told = README[language].partition(f"\n{HEADS[language]}\n")[2].partition("\n## ")[0]
    assert in_language(language, table.keys) in told


@languages
def test_opens_with_one_sentence_the_commands_the_picture_and_the_providers(language: str) -> None:
    first = README[language].split("\n## ")[0]
    block = in_language(language, table.readme_block)
    places = [first.index(each) for each in ("scripts/demo", "scripts/test", "](icons/", block)]
    assert places == sorted(places)
    assert first[: places[1]].count("\n") < 12  # on the first screen
    told = block.splitlines()
    assert len(told) <= 20
    for about in discovery.everything().values():
        link = f"[{about.name}](workflow/guide/{language}.md#{about.id})"
        shown = about.name if about.is_prominent else link
        assert len([line for line in told if shown in line]) == 1


def test_says_of_every_provider_which_kind_of_key_it_needs() -> None:
    for about in discovery.everything().values():
        if not about.is_prominent and not about.is_local:
            (line,) = (line for line in README["en"].splitlines() if f"#{about.id})" in line)
            needs = english(about.needs)
            special = re.search("(?i)(admin|management) key", needs)
            assert ("Admin or management key" if special else "an API key") in line, about.name


@languages
def test_its_tables_are_written_anew_by_a_tool(language: str) -> None:
    told = README[language]
    assert readme.written(told, language) == told
    old = told.replace("| Tavily | search |", "| Old |").replace("[app.tavily.com]", "[old]")
    assert readme.written(old, language) == told


@languages
def test_the_reference_explains_every_setting(language: str) -> None:
    page = ROOT / "workflow" / "guide" / f"reference.{language}.md"
    told = page.read_text(encoding="utf-8").partition('<a id="settings">')[2].partition("\n## ")[0]
    for name, choice in settings.CHOICES.items():
        assert f"| `{name}` | `{choice.default}` |" in told


def test_both_languages_have_the_same_build() -> None:
    english, chinese = (
        (
            re.findall("^(#+) ", told, re.M),
            [line.split("#")[0].rstrip() for line in shell_lines(told)],
            re.findall(r"^\|[^|]*\|", re.sub("(?s)<!-- .* -->", "", told), re.M).__len__(),
            re.findall(r"^ *[-*] ", told, re.M),
            sorted(_neutral(link) for link in re.findall(r"\]\(([^)]+)\)", told)),
        )
        for told in README.values()
    )
    assert english == chinese


def _neutral(link: str) -> str:
    if link in NAMES.values():
        return "the other README"
    if link.startswith("#"):
        return "a heading"
    return link.replace("en.md", "LANGUAGE.md").replace("zh.md", "LANGUAGE.md")


def test_names_the_public_address_as_soon_as_there_is_one() -> None:
    for told in README.values():
        assert workflow.__url__ in told
        assert bool(workflow.__url__) == ("https://github.com/" in told)


PAGES = [
    *(ROOT / name for name in NAMES.values()),
    ROOT / ".github" / "CONTRIBUTING.md",
    *sorted((ROOT / "workflow" / "guide").glob("*.md")),
]


def places(page: Path) -> set[str]:
    """Return the names that links may point to in a page on GitHub: anchors, and headings in lower case."""
    told = page.read_text(encoding="utf-8")
    headings = [
        re.sub(r"[^\w\s-]", "", name.lower()) for name in re.findall("^#+ (.*)$", told, re.M)
    ]
    return {*re.findall(r'<a id="([\w-]+)">', told), *(name.replace(" ", "-") for name in headings)}


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8"))
    assert links or page.name == "CONTRIBUTING.md"
    for link in links:
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not place or place in places(target), link


# ---- the shell lines, as they are written


def shell_lines(told: str) -> list[str]:
    """Every line of the blocks of shell commands."""
    blocks = re.findall(r"(?s)```sh\n(.*?)```", told)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


ELSEWHERE = {  # what no test can run, and why
    "uv tool install .": "installs, from the network",
    "pipx install .": "installs, from the network",
    "scripts/test": "runs this very test",
    "scripts/demo": "has a test of its own below",
}
TYPED = {
    "tankful add glm": ("glm-intl",),
    "tankful replace Office": ("tavily-dev",),
    "tankful remove Office": ("y",),
}


def command_of(line: str) -> str:
    return line.partition("#")[0].strip()


def test_every_verb_is_shown() -> None:
    for told in README.values():
        lines = " ".join(shell_lines(told))
        assert "|" not in lines
        verbs = set(re.findall("tankful ([a-z-]+)", lines))
        assert verbs >= set(commands.VERBS) - set(commands.INTERNAL) - {"list"}


@pytest.fixture
def newcomer(world: StandIn, shell: Shell, tmp_path: Path) -> Mapping[str, str]:
    """The environment of a user with the command, a clipboard, and an account called Work."""
    folder = tmp_path / "commands"
    folder.mkdir()
    run = f'#!/bin/sh\nexec "{sys.executable}" -m scripts.tankful "$@"\n'
    for name, script in (("tankful", run), *((n, "#!/bin/sh\ncat >/dev/null\n") for n in COPIERS)):
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    stored.account("tavily-dev", "Work")
    stored.account("chatgpt-session", "Personal")
    environ = shell.environment()
    return {**environ, "PATH": f"{folder}{os.pathsep}{environ['PATH']}", "DISPLAY": ":0"}


COPIERS = ("pbcopy", "wl-copy", "xclip", "xsel")


@pytest.mark.slow
@languages
def test_every_shell_line_runs_as_written(
    language: str, newcomer: Mapping[str, str], tmp_path: Path
) -> None:
    environ = {**newcomer, "TANKFUL_LANGUAGE": language}
    least = 'name = "A"\nurl = "https://a.example/"\n[[balances]]\navailable = "/b"\n'
    (tmp_path / "acme.toml").write_text(least)
    for line in shell_lines(README[language]):
        command = command_of(line)
        if command in ELSEWHERE:
            assert (ROOT / command).exists() or command.endswith("install .")
            continue
        if command == "tankful --watch":
            continue  # stays until ⌃C: see test_watching
        typed = [KEYS[each].value if each in KEYS else each for each in TYPED.get(command, ())]
        told = shown(["/bin/sh", "-c", line], environ, tmp_path, typed)
        assert "Traceback" not in told
        assert told.strip(), line


def test_the_demo_has_an_account_of_each_prominent_provider() -> None:
    known = discovery.everything().values()
    assert {name for name, _, _ in demonstration.ACCOUNTS} == {
        each.id for each in known if each.is_prominent
    }


def demo(language: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "VENV": sys.prefix, "TANKFUL_LANGUAGE": language}
    return subprocess.Popen(
        ["scripts/demo"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
@languages
def test_the_demo_ends_with_what_to_do_next(language: str) -> None:
    told, _ = demo(language).communicate(timeout=120)
    *_, install, add, without = told.splitlines()
    assert "/tankful add" in without
    installers = [name for name in ("uv", "pipx") if shutil.which(name)]
    if installers:
        assert install.split()[0] == installers[0]
        assert add.split()[:2] == ["tankful", "add"]
    here = re.search(r"(\S*/tankful) add", without)
    assert here is not None
    assert Path(ROOT, here[1]).exists()
    assert told.index("GLM · Work") < told.index("`usage`")
    assert ("剩余" in told, "% left" in told) == (language == "zh", language == "en")


@pytest.mark.parametrize(
    ("there", "commands"),
    [
        (["uv", "pipx"], ["uv tool install .", "tankful add"]),
        (["pipx"], ["pipx install .", "tankful add"]),
        ([], []),
    ],
)
def test_the_demo_names_what_this_machine_installs_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: list[str], commands: list[str]
) -> None:
    for name in there:
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    told = demonstration._next(("install", "add", "without")).splitlines()
    assert [line.partition("#")[0].strip() for line in told[:-1]] == commands
    assert told[-1].endswith("/tankful add  # without" if commands else "/tankful add  # add")


@pytest.mark.slow
def test_the_demo_is_ended_quietly() -> None:
    with demo("en") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "127.0.0.1" in line:
                break
        os.killpg(running.pid, signal.SIGINT)
        told = running.stdout.read()
    assert told.split() == ["Stopped."]
    assert running.returncode == 130
