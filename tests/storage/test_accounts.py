"""accounts.json: many processes, damage, newer layouts, labels; and never a secret."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, Shell
from tests.said import both
from workflow.errors import Mistake
from workflow.models import Account
from workflow.records import replace
from workflow.storage import accounts, files
from workflow.storage.accounts import Accounts

WORK = Account("glm-00000001", "glm", "Work")
HOME = Account("glm-00000002", "glm", "Home")
KIMI = Account("kimi-00000003", "kimi", "Work")
FULL = Account(
    id="chatgpt-00000004",
    provider="chatgpt",
    label="主账号",
    region="cn",
    scope={"workspace": "w-1"},
    kind="session",
    expires_at=datetime(2026, 10, 13, 9, 30, tzinfo=timezone.utc),
    generation=700,
    threshold=Decimal("12.50"),
    threshold_unit="CNY",
    pinned=True,
    hidden=True,
)
LOOK = """
import sys
from workflow.storage import accounts
print("ready", flush=True)
sys.stdin.readline()
print(accounts.load().damaged)
"""
ADD = """
import sys
from workflow.storage import accounts
from workflow.models import Account
print("ready", flush=True)
sys.stdin.readline()
def add(book):
    label = book.label_for("glm", "Work")
    return book.with_account(Account(accounts.new_id("glm"), "glm", label))
accounts.change(add)
"""


def save(*known: Account, noted: tuple[str, ...] = ()) -> None:
    """Let these be the accounts."""
    accounts.change(lambda book: Accounts(known, noted))


def place(content: str) -> Path:
    """Put something into accounts.json behind our back."""
    path = Path(accounts.path())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def kept_aside() -> list[Path]:
    """The damaged files that were kept."""
    return sorted(Path(accounts.path()).parent.glob("accounts.damaged-*.json"))


def at_once(code: str, count: int) -> list[str]:
    """Start this many processes at the same moment, and return their output; all must succeed."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
        for _ in range(count)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0].strip() for process in started]
    assert [process.returncode for process in started] == [0] * count
    return said


def document(**changes: Any) -> dict[str, Any]:
    """A good accounts.json with one account, some of whose fields are replaced."""
    entry = {
        "id": "glm-00000001",
        "provider": "glm",
        "label": "Work",
        "credential": {"kind": "api_key", "generation": 1, "expires_at": None},
        **changes,
    }
    return {"layout": 1, "accounts": [entry]}


def test_no_file_is_no_account() -> None:
    assert accounts.load() == Accounts()
    assert not Path(accounts.path()).exists()


def test_what_is_saved_is_loaded() -> None:
    save(WORK, FULL, KIMI, noted=("glm-0000000a:3",))
    assert accounts.load() == Accounts((WORK, FULL, KIMI), ("glm-0000000a:3",))
    assert stat.S_IMODE(os.stat(accounts.path()).st_mode) == 0o600


def test_a_threshold_may_have_no_unit() -> None:
    place(json.dumps(document(threshold="10", threshold_unit=None)))
    (account,) = accounts.load().accounts
    assert account.threshold_in("%") == account.threshold_in("CNY") == 10


def test_when_a_credential_was_replaced_is_saved() -> None:
    at = datetime(2026, 10, 5, 9, tzinfo=timezone.utc)
    for before in ((), (at.replace(month=8), at.replace(month=9))):
        replaced = replace(FULL, replaced_at=at, replaced_before=before)
        accounts.change(lambda book, account=replaced: Accounts((account,)))  # type: ignore[misc]
        assert accounts.load() == Accounts((replaced,))
        assert replaced.replacements == (*before, at)
    assert FULL.replacements == ()


def test_which_session_was_given_is_saved() -> None:
    given = replace(FULL, given=3)
    save(given)
    assert accounts.load() == Accounts((given,))


def test_what_is_not_written_has_a_default() -> None:
    place(json.dumps(document()))
    assert accounts.load() == Accounts((WORK,))


def test_the_file_has_no_field_for_a_secret() -> None:
    save(FULL)
    told = json.loads(Path(accounts.path()).read_text(encoding="utf-8"))
    assert set(told["accounts"][0]["credential"]) == {"kind", "generation", "expires_at"}
    assert not {"secret", "cookie", "token", "key"} & set(told["accounts"][0])


def test_a_change_that_changes_nothing_writes_nothing() -> None:
    save(WORK)
    before = os.stat(accounts.path()).st_ino
    accounts.change(lambda book: book)
    assert os.stat(accounts.path()).st_ino == before


def test_a_failed_change_changes_nothing() -> None:
    save(WORK)

    def fail(book: Accounts) -> Accounts:
        raise KeyError

    with pytest.raises(KeyError):
        accounts.change(fail)
    assert accounts.load() == Accounts((WORK,))


DAMAGE = [
    pytest.param("", id="empty"),
    pytest.param('{"layout": 1, "accounts": [', id="truncated"),
    pytest.param("\0" * 300, id="zeroes"),
    pytest.param("[]", id="list"),
    pytest.param("null", id="null"),
    pytest.param("{}", id="no-layout"),
    pytest.param('{"layout": 1}', id="no-accounts"),
    pytest.param('{"layout": null, "accounts": []}', id="odd-layout"),
    pytest.param('{"layout": 1, "accounts": [5]}', id="odd-account"),
    pytest.param("[" * 100_000, id="deep"),
    *(
        pytest.param(json.dumps(document(**{name: value})), id=f"odd-{name}-{number}")
        for number, (name, value) in enumerate(
            [
                ("id", "../../etc"),
                ("id", 5),
                ("label", None),
                ("credential", None),
                ("credential", {"kind": "api_key", "generation": "new"}),
                ("credential", {"kind": "api_key", "generation": 10**30}),
                ("credential", {"kind": "api_key", "generation": 2**31}),
                ("credential", {"kind": "api_key", "generation": -1}),
                ("credential", {"kind": "api_key", "generation": 1, "expires_at": "soon"}),
                ("credential", {"kind": "session", "generation": 7, "given": "new"}),
                ("credential", {"kind": "session", "generation": 7, "given": -1}),
                ("scope", ["a"]),
                ("threshold", "NaN"),
                ("threshold", "much"),
            ]
        )
    ),
]


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_file_is_kept_aside_and_reported(content: str) -> None:
    path = place(content)
    book = accounts.load()
    (kept,) = kept_aside()
    assert book == Accounts(damaged=str(kept))
    assert kept.read_text(encoding="utf-8") == content
    assert not path.exists()


BOM = "\ufeff"


def test_a_mark_that_an_editor_has_put_before_it_is_no_damage() -> None:
    place(BOM + json.dumps(document()))
    assert accounts.load() == Accounts((WORK,))
    accounts.change(lambda book: book.with_account(KIMI))
    assert accounts.load() == Accounts((WORK, KIMI))
    assert not kept_aside()


@pytest.mark.parametrize(("fill", "rest"), [(" ", json.dumps(document())), ("x", "")])
def test_a_file_that_is_too_large_is_said_and_left_as_it_is(fill: str, rest: str) -> None:
    content = fill * 17_000_000 + rest
    path = place(content)
    for use in (accounts.load, lambda: accounts.change(lambda book: book.with_account(KIMI))):
        with pytest.raises(Mistake) as told:
            use()
        assert "larger than 16 MB" in both(told.value.message)[0]
        assert "16 MB" in both(told.value.message)[1]
    assert path.stat().st_size == len(content)
    assert not kept_aside()


ODD_NAMES = [
    *("glm-00000001:x", "glm-00000001", "glm-00000001:", ":1", "x", "", "glm-00000001:-1"),
    *("glm-00000001:1e3", "../../x:1", f"glm-00000001:{10**30}", "glm-00000001:1:2", "GLM-1:1"),
    *(7, None, ["glm-00000001:1"], {"a": 1}, "glm-00000001:１"),
]


def test_names_of_secrets_that_nobody_wrote_are_passed_over() -> None:
    good = ["glm-0000000a:3", "kimi-00000003:12"]
    place(json.dumps({**document(), "noted": [good[0], *ODD_NAMES, good[1]]}))
    assert accounts.load() == Accounts((WORK,), tuple(good))
    assert not kept_aside()


@given(st.one_of(st.text(), st.integers(), st.none(), st.from_regex(r"[a-z]+-[0-9a-f]{8}:.*")))
def test_whatever_is_noted_has_a_generation(name: object) -> None:
    if isinstance(name, str) and accounts._PENDING.match(name):
        assert 0 <= int(name.rpartition(":")[2]) < accounts.MAX_GENERATION


@pytest.mark.parametrize(
    ("label", "times", "kept"),
    [
        pytest.param("x", 10_000_000, "x" * 60, id="ten-megabytes"),
        pytest.param("two\nlines", 1, "two lines", id="lines"),
        pytest.param("a\x1b[31mb\u202e", 1, "a [31mb", id="signs"),
        pytest.param("主账号 🚀", 1, "主账号 🚀", id="as-we-write-it"),
    ],
)
def test_a_label_that_somebody_edited_is_as_it_should_be(label: str, times: int, kept: str) -> None:
    place(json.dumps(document(label=label * times)))
    assert accounts.load() == Accounts((replace(WORK, label=kept),))


def test_what_we_do_not_know_stays_at_the_next_change() -> None:
    told = document(colour="red", tags=["a", {"b": None}])
    told["accounts"][0]["credential"]["taken_by"] = "hand"
    told["remark"] = {"mine": [1, 2.5]}
    place(json.dumps(told))
    accounts.change(lambda book: book.with_account(KIMI).with_pending("glm-0000000a:1"))
    accounts.change(lambda book: book.with_account(replace(WORK, label="Renamed", generation=4)))
    kept = json.loads(Path(accounts.path()).read_text(encoding="utf-8"))
    assert kept["remark"] == {"mine": [1, 2.5]}
    first, second = kept["accounts"]
    assert (first["colour"], first["tags"]) == ("red", ["a", {"b": None}])
    assert first["credential"] == {
        "kind": "api_key",
        "generation": 4,
        "expires_at": None,
        "taken_by": "hand",
    }
    assert first["label"] == "Renamed"
    assert "colour" not in second
    accounts.change(lambda book: book.without(WORK.id))
    assert "colour" not in Path(accounts.path()).read_text(encoding="utf-8")


def test_what_is_nested_too_deeply_to_write_does_not_stop_a_change() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    place(json.dumps({**document(), "deep": deep}))
    accounts.change(lambda book: book.with_account(KIMI))
    assert accounts.load() == Accounts((WORK, KIMI))


def test_a_link_is_followed_by_a_change(tmp_path: Path) -> None:
    place(json.dumps(document())).rename(tmp_path / "kept.json")
    Path(accounts.path()).symlink_to(tmp_path / "kept.json")
    accounts.change(lambda book: book.with_account(KIMI))
    assert Path(accounts.path()).is_symlink()
    assert "KIMI" not in (tmp_path / "kept.json").read_text()
    assert KIMI.id in (tmp_path / "kept.json").read_text()


@pytest.mark.parametrize("mode", [0o1777, 0o777])
def test_a_folder_that_is_everybody_s_is_refused(tmp_path: Path, mode: int, shell: Shell) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    (folder / "accounts.json").write_text(json.dumps(document()))
    folder.chmod(mode)
    shell.env = {"TANKFUL_HOME": str(folder)}
    for verb in ("list", "refresh", "summary"):
        ran = shell.tankful(verb)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert f"{folder} cannot be used (anyone can write to it)" in ran.err
    shown = json.loads(shell.usage().out)["items"]
    assert "anyone can write to it" in shown[0]["subtitle"]
    assert stat.S_IMODE(folder.stat().st_mode) == mode & 0o1777


def test_a_pipe_in_its_place_keeps_nobody() -> None:
    place("").unlink()
    os.mkfifo(accounts.path())
    with pytest.raises(Mistake, match="not a file"):
        accounts.load()


def test_a_holder_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    save(WORK)
    monkeypatch.setattr(files, "WAIT", 0.05)
    with files.lock(f"{accounts.path()}.lock"):
        with pytest.raises(Mistake) as told:
            accounts.change(lambda book: book.with_account(KIMI))
        for words in both(told.value.message):
            assert f" {os.getpid()} " in words
            assert "accounts.json.lock" in words


def test_damage_is_reported_until_there_is_an_account() -> None:
    place("{")
    for _ in range(2):
        assert accounts.load().damaged == str(kept_aside()[0])
    accounts.change(lambda book: book.with_pending("glm-0000000a:1"))
    assert accounts.load().damaged == str(kept_aside()[0])
    accounts.change(lambda book: book.with_account(WORK))
    assert accounts.load() == Accounts((WORK,), ("glm-0000000a:1",))


def test_a_change_keeps_the_damaged_file_too() -> None:
    place("{not json")
    assert accounts.change(lambda book: book.with_account(WORK)) == Accounts((WORK,))
    assert [kept.read_text(encoding="utf-8") for kept in kept_aside()] == ["{not json"]


def test_every_damaged_file_is_kept() -> None:
    for content in ("{1", "{2", "{3"):
        place(content)
        accounts.load()
    assert {kept.read_text(encoding="utf-8") for kept in kept_aside()} == {"{1", "{2", "{3"}


def test_a_kept_file_is_mended_by_renaming_it() -> None:
    place("{")
    accounts.load()
    kept_aside()[0].write_text(json.dumps(document()), encoding="utf-8")
    kept_aside()[0].rename(accounts.path())
    assert accounts.load() == Accounts((WORK,))


def test_several_processes_that_see_the_damage_keep_one_file() -> None:
    place("{damaged")
    said = at_once(LOOK, 6)
    (kept,) = kept_aside()
    assert said == [str(kept)] * 6
    assert kept.read_text(encoding="utf-8") == "{damaged"


@pytest.mark.slow
def test_several_processes_that_add_to_a_damaged_file_lose_nothing() -> None:
    place("{damaged")
    at_once(ADD, 6)
    assert [kept.read_text(encoding="utf-8") for kept in kept_aside()] == ["{damaged"]
    assert len(accounts.load().accounts) == 6


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, 20])
def test_processes_that_add_at_once_all_succeed(count: int) -> None:
    at_once(ADD, count)
    labels = {account.label for account in accounts.load().accounts}
    assert labels == {"Work", *(f"Work {number}" for number in range(2, count + 1))}


NEWER = '{"layout": 2, "accounts": "in another way"}'


def test_a_newer_layout_is_left_untouched_and_said() -> None:
    path = place(NEWER)
    for use in (accounts.load, lambda: accounts.change(lambda book: book.with_account(WORK))):
        with pytest.raises(Mistake) as told:
            use()
        assert "newer Tankful" in both(told.value.message)[0]
        assert "更高版本" in both(told.value.message)[1]
    assert path.read_text(encoding="utf-8") == NEWER
    assert not kept_aside()


def test_a_file_that_cannot_be_read_is_said() -> None:
    Path(accounts.path()).mkdir(parents=True)
    for use in (accounts.load, lambda: accounts.change(lambda book: book.with_account(WORK))):
        with pytest.raises(Mistake, match="cannot be used"):
            use()


def test_a_damaged_file_that_cannot_be_moved_is_said() -> None:
    path = place("{")
    Path(f"{path}.lock").mkdir()
    with pytest.raises(Mistake, match="cannot be used"):
        accounts.load()
    assert path.read_text(encoding="utf-8") == "{"


def test_a_full_disk_is_said_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    save(WORK)

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device", target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(Mistake, match="No space left"):
            accounts.change(lambda book: book.with_account(HOME))
    assert accounts.load() == Accounts((WORK,))
    assert not list(Path(accounts.path()).parent.glob("*.new"))


BOOK = Accounts((WORK, HOME, KIMI))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("glm-00000001", WORK, id="id"),
        pytest.param("Home", HOME, id="label"),
        pytest.param(" hOME ", HOME, id="label-roughly"),
        pytest.param("Work", None, id="ambiguous"),
        pytest.param("Office", None, id="unknown"),
        pytest.param("", None, id="empty"),
    ],
)
def test_an_account_by_name(name: str, found: Account | None) -> None:
    if found:
        assert BOOK.named(name) == found
        return
    with pytest.raises(Mistake):
        BOOK.named(name)


def test_an_ambiguous_name_lists_what_to_say() -> None:
    with pytest.raises(Mistake) as told:
        BOOK.named("work")
    english, chinese = both(told.value.message)
    assert english.endswith("glm/Work, kimi/Work")
    assert chinese.endswith("glm/Work、kimi/Work")
    for name, found in (("glm/work", WORK), ("kimi Work", KIMI)):
        assert BOOK.named(name) == found


def test_accounts_that_are_called_alike_have_their_ids() -> None:
    twins = Accounts((WORK, replace(WORK, id="glm-0000000f")))
    with pytest.raises(Mistake, match=f"{WORK.id}, glm-0000000f"):
        twins.named("work")


def test_a_slip_is_told_what_was_meant() -> None:
    with pytest.raises(Mistake, match="did you mean Work"):
        BOOK.named("wrok")
    with pytest.raises(Mistake, match=r"did you mean glm/Work\?"):
        BOOK.named("glm/wrok")
    with pytest.raises(Mistake, match="see `tankful list`"):
        BOOK.named("entirely else")
    with pytest.raises(Mistake, match=r"did you mean glm\?"):
        BOOK.named("gllm")


@pytest.mark.parametrize(
    ("provider", "wanted", "keep", "label"),
    [
        pytest.param("glm", "Office", "", "Office", id="free"),
        pytest.param("glm", "work", "", "work 2", id="taken-in-another-case"),
        pytest.param("kimi", "Home", "", "Home", id="taken-elsewhere-only"),
        pytest.param("glm", "WORK", WORK.id, "WORK", id="its-own"),
        pytest.param("glm", " \t", "", "glm", id="nothing-left"),
        pytest.param("glm", "x" * 80, "", "x" * 60, id="too-long"),
    ],
)
def test_a_label_is_unique(provider: str, wanted: str, keep: str, label: str) -> None:
    assert BOOK.label_for(provider, wanted, keep) == label


def test_a_label_that_counts_is_counted_on() -> None:
    book = Accounts((WORK, replace(HOME, label="Work 2"), replace(KIMI, label="Plan 9")))
    assert book.label_for("glm", "Work 2") == "Work 3"
    assert book.label_for("glm", "Work") == "Work 3"
    assert book.label_for("glm", "Work 2", keep=HOME.id) == "Work 2"
    assert book.label_for("kimi", "Plan 9") == "Plan 10"
    assert book.label_for("kimi", "Plan 2026") == "Plan 2026"


def test_a_long_label_leaves_room_for_its_number() -> None:
    book = Accounts((replace(WORK, label="x" * 60),))
    assert book.label_for("glm", "x" * 60) == "x" * 55 + " 2"


@given(label=st.text() | st.text("\u202eab \n\u0301\u1160\ue000\x7f"))
def test_a_clean_label_is_one_bounded_line(label: str) -> None:
    clean = accounts.clean_label(label)
    assert len(clean) <= accounts.MAX_LABEL
    assert clean == clean.strip()
    assert len(clean.splitlines()) <= 1
    assert not set(clean) & set("\x00\x1b\x7f\u202e\u2066\ue000")
    assert accounts.clean_label(clean) == clean


@pytest.mark.parametrize(
    ("label", "clean"),
    [
        pytest.param("  Work  ", "Work", id="spaces"),
        pytest.param("two\nlines", "two lines", id="lines"),
        pytest.param("e\u0301", "é", id="composed"),
        pytest.param("\u202egnp.exe", "gnp.exe", id="direction"),
        pytest.param("a\x1b[31mb", "a [31mb", id="escape"),
        pytest.param("主账号 🚀", "主账号 🚀", id="chinese-and-emoji"),
    ],
)
def test_labels(label: str, clean: str) -> None:
    assert accounts.clean_label(label) == clean


@pytest.mark.parametrize(
    ("places", "order"),
    [
        pytest.param(-1, [HOME, WORK, KIMI], id="up"),
        pytest.param(1, [WORK, KIMI, HOME], id="down"),
        pytest.param(0, [WORK, HOME, KIMI], id="stays"),
        pytest.param(-9, [HOME, WORK, KIMI], id="no-further-than-the-top"),
        pytest.param(9, [WORK, KIMI, HOME], id="no-further-than-the-end"),
    ],
)
def test_moving(places: int, order: list[Account]) -> None:
    assert list(BOOK.moved(HOME.id, places).accounts) == order


def test_putting_and_removing() -> None:
    renamed = replace(HOME, label="Office")
    assert BOOK.with_account(renamed).accounts == (WORK, renamed, KIMI)
    assert BOOK.without(HOME.id).accounts == (WORK, KIMI)
    assert BOOK.without("glm-99999999") == BOOK
    assert BOOK.get("glm-99999999") is None


def test_noting() -> None:
    book = BOOK.with_pending("a:1", "b:1").with_pending("a:1", "c:1")
    assert book.pending_secrets == ("a:1", "b:1", "c:1")
    assert book.without_pending("b:1", "x:1").pending_secrets == ("a:1", "c:1")


def test_new_ids_differ_and_are_read_back() -> None:
    known = [Account(accounts.new_id("glm"), "glm", str(number)) for number in range(50)]
    save(*known)
    assert len({account.id for account in accounts.load().accounts}) == 50


@pytest.mark.parametrize("name", ["GLM · Work", "glm · work", "kimi"])
def test_an_account_is_found_by_the_name_in_the_list(name: str) -> None:
    found = {"kimi": KIMI}.get(name, WORK)
    book = Accounts((WORK, KIMI))
    assert book.named(name) == found


@pytest.mark.parametrize("label", ["Home", "GLM", "glm"])
def test_a_provider_with_several_accounts_names_none(label: str) -> None:
    book = Accounts((WORK, replace(HOME, label=label)))
    with pytest.raises(Mistake, match=f"glm/Work, glm/{label}"):
        book.named("GLM")
    assert book.named(f"glm/{label}") == book.named(HOME.id) == book.accounts[1]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        pytest.param("glm", (WORK, HOME), id="provider"),
        pytest.param(" Glm ", (WORK, HOME), id="provider-roughly"),
        pytest.param("kimi", (KIMI,), id="provider-of-one"),
        pytest.param("Home", (HOME,), id="label"),
        pytest.param("glm/work", (WORK,), id="name"),
        pytest.param(HOME.id, (HOME,), id="id"),
    ],
)
def test_a_provider_means_all_its_accounts(name: str, meant: tuple[Account, ...]) -> None:
    assert BOOK.meant(name) == list(meant)
    for wrong in ("Work", "nobody"):
        with pytest.raises(Mistake):
            BOOK.meant(wrong)


def test_a_provider_goes_before_an_account_that_is_called_so() -> None:
    book = Accounts((WORK, HOME, replace(KIMI, label="GLM")))
    assert book.matching("glm") == [WORK, HOME]
    assert book.named("kimi/glm") == book.accounts[2]


def test_names_with_spaces_are_offered_as_a_shell_takes_them() -> None:
    book = Accounts((replace(WORK, label="Big One"), replace(HOME, label="主账号")))
    with pytest.raises(Mistake) as told:
        book.named("glm")
    assert "'glm/Big One', glm/主账号" in both(told.value.message)[0]
    with pytest.raises(Mistake, match="did you mean 'Big One'"):
        book.named("Bigone")


@pytest.mark.parametrize("look", ["named", "meant", "matching"])
def test_a_name_that_was_lost_with_the_file_is_not_called_unknown(look: str) -> None:
    Path(accounts.path()).parent.mkdir(parents=True, exist_ok=True)
    Path(accounts.path()).write_text("{damaged", encoding="utf-8")
    for _attempt in range(2):
        with pytest.raises(Mistake, match="was damaged and is kept as"):
            getattr(accounts.load(), look)("Work")


def numbers() -> dict[str, int]:
    return {account.label: account.number for account in accounts.load().accounts}


def test_the_accounts_of_a_provider_have_numbers_that_stay() -> None:
    third = replace(HOME, id="glm-00000003", label="Third")
    accounts.change(lambda book: Accounts((WORK, KIMI, HOME, third)))
    assert [each.number for each in accounts.load().accounts] == [1, 1, 2, 3]
    accounts.change(lambda book: book.moved(third.id, -3))
    assert numbers() == {"Third": 3, "Work": 1, "Home": 2}
    accounts.change(lambda book: book.without(WORK.id))
    assert numbers() == {"Third": 3, "Work": 1, "Home": 2}  # Work is KIMI's by now
    book = accounts.load()
    assert book.number_for(replace(WORK, id="glm-00000009")) == 1
    assert book.number_for(third) == 3
    assert book.number_for(Account("tavily-00000001", "tavily", "New")) == 1


@pytest.mark.parametrize("kept", [[2, 2], [0, 0], ["2", None], [-1, True], [2**40, 1.5], [1, 1]])
def test_a_number_that_is_none_is_replaced(kept: list[object]) -> None:
    accounts.change(lambda book: Accounts((WORK, HOME, KIMI)))
    fields = json.loads(Path(accounts.path()).read_text(encoding="utf-8"))
    for entry, number in zip(fields["accounts"], kept):
        entry["number"] = number
    Path(accounts.path()).write_text(json.dumps(fields), encoding="utf-8")
    assert {each.number for each in accounts.load().accounts if each.provider == "glm"} == {1, 2}
