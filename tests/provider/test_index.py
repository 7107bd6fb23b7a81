"""The index agrees with the providers, and is ignored if it is damaged or of other sources."""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.profiles import scaled
from workflow import paths
from workflow.i18n.message import _, ngettext
from workflow.provider import discovery, index
from workflow.provider.contract import Form, Provider, RateLimit, lookalike, shape
from workflow.records import fields, replace

FOLDERS = [str(ROOT / "workflow/providers")]
MODULES = {
    name: importlib.import_module(f"workflow.providers.{name}") for name in discovery.names()
}
SPOKEN: dict[str, Provider] = {name: module.PROVIDER for name, module in MODULES.items()}
WHOLE = Provider(
    id="acme",
    name="Acme",
    short="Acme",
    kind="plan",
    needs=_("a key of {place}", place=_("Acme")),
    shows=ngettext("{count} window", "{count} windows", 2),
    keys={"intl": "https://acme.example/keys", "cn": "https://acme.example.cn/keys"},
    dashboard={"": "https://acme.example"},
    shapes=(shape(r"ac-\d+", _("a key"), lacks=_("nothing"), region="cn", telling=False),),
    regions=("intl", "cn"),
    scopes={"team": _("a team")},
    kinds={"one": "One"},
    scope_regions={"team": "cn"},
    forms={"team": Form(_("a team's ID"), r"t\d", "t1")},
    interval=60,
    rate_limit=RateLimit(10, 60, "address"),
    beside=("/slow",),
    match="acme",
    aliases=("艾克米",),
    variables={"ACME_KEY": "cn"},
    hosts={"acme.test": "cn"},
    steps=(_("Open {keys}."),),
    ways=("console", "key"),
    console="copy()",
    called=_("a credential of Acme"),
    lookalikes=(lookalike(r"web-\d+", "Acme (web)", app="acme"),),
    mistaken_for=("other",),
    letters="AC",
    folders={"ACME_HOME": ".acme"},
    origin="https://acme.example",
    is_prominent=True,
)


def place() -> Path:
    return Path(paths.cache(os.environ)) / index.NAME


def test_every_field_of_a_provider_is_kept() -> None:
    assert all(getattr(WHOLE, each.name) for each in fields(WHOLE))
    assert index.unpack(json.loads(json.dumps(index.pack(WHOLE)))) == WHOLE
    bare = replace(SPOKEN["tavily"], rate_limit=None)
    assert index.unpack(json.loads(json.dumps(index.pack(bare)))) == bare


def test_it_says_what_the_modules_say(home: Path) -> None:
    assert index.read(FOLDERS) is None
    index.write(SPOKEN, FOLDERS)
    assert index.read(FOLDERS) == SPOKEN
    assert place().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("what", ["changed", "added", "gone", "another build"])
def test_it_belongs_to_its_sources(
    what: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "providers"
    folder.mkdir()
    (folder / "acme.py").write_text("PROVIDER = 1")
    index.write({"acme": WHOLE}, [str(folder)])
    assert index.read([str(folder)]) == {"acme": WHOLE}
    if what == "changed":
        (folder / "acme.py").write_text("PROVIDER = 22")
    elif what == "added":
        (folder / "other.py").write_text("")
    elif what == "gone":
        (folder / "acme.py").unlink()
    else:
        monkeypatch.setattr("workflow.system.builds.current", lambda: "0123")
    assert index.read([str(folder)]) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"7", b'"x"', b'{"of": null}', b"\xff", b'{"of": [], "providers": 7}'],
)
def test_a_damaged_one_is_none(content: bytes, home: Path) -> None:
    index.write(SPOKEN, FOLDERS)
    place().write_bytes(content)
    assert index.read(FOLDERS) is None


@settings(database=None, deadline=None, max_examples=scaled(100))
@given(st.sampled_from([each.name for each in fields(WHOLE)]), st.sampled_from([None, 7, [7], {"a": 7}, "x"]))  # fmt: skip
def test_odd_values_are_no_provider_or_one(name: str, odd: Any) -> None:
    told = {"of": index.mark(FOLDERS), "providers": {"acme": {**index.pack(WHOLE), name: odd}}}
    place().parent.mkdir(parents=True, exist_ok=True)
    place().write_text(json.dumps(told))
    found = index.read(FOLDERS)
    assert found is None or set(found) == {"acme"}


def test_a_disk_that_cannot_be_written_costs_nothing(home: Path) -> None:
    place().parent.parent.mkdir(parents=True, exist_ok=True)
    place().parent.write_text("a file where the folder should be")
    index.write(SPOKEN, FOLDERS)
    assert index.read(FOLDERS) is None


LISTED = """
import sys
from workflow.provider import discovery
known = discovery.everything()
loaded = [name for name in known if f"workflow.providers.{name}" in sys.modules]
print(len(known), len(loaded))
"""


def test_modules_are_imported_once_and_then_when_they_are_asked(home: Path) -> None:
    def run() -> list[int]:
        told = subprocess.run(
            [sys.executable, "-c", LISTED], cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
        return [int(each) for each in told.stdout.split()]

    count = len(SPOKEN)
    assert run() == [count, count]
    assert run() == [count, 0]


KNOWN_TO_THE_MARK = ("workflow.provider.contract", "workflow.i18n.message")


@pytest.mark.parametrize("name", SPOKEN)
def test_what_a_provider_says_stands_in_its_file(name: str) -> None:
    tree = ast.parse((ROOT / f"workflow/providers/{name}.py").read_text(encoding="utf-8"))
    (said,) = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PROVIDER"
    ]
    used = {node.id for node in ast.walk(said) if isinstance(node, ast.Name)}
    borrowed = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"workflow.{node.module}" not in KNOWN_TO_THE_MARK
    }
    assert not used & borrowed, "the index would not notice that it changed"
