"""The pack of lists: its contents, when it is rendered again, and which list the launcher is served."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import examples
from tests.alfred_harness.checks import check_rows
from tests.conftest import ROOT
from tests.examples import NOW, SIX, install, look_at_the_guide, many
from workflow import feed, paths
from workflow.actions import edit
from workflow.alfred import lists, pack, publish, served
from workflow.display import times
from workflow.display.moving import Moment
from workflow.guide import pages
from workflow.models import Usage, utc_now
from workflow.provider import discovery as providers
from workflow.recognition import seen
from workflow.records import replace
from workflow.refresh import background
from workflow.state import state as states
from workflow.storage import accounts

pytestmark = pytest.mark.usefixtures("compiled")

GLM = examples.GLM[0]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "_detach", lambda *_: None)


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bundle whose pages of the guide have been looked at."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "build").write_text("1.0 abc")
    monkeypatch.setattr(paths, "root", lambda: str(tmp_path))
    look_at_the_guide()


def served_list(**variables: str) -> bytes | None:
    """Return the list that the launcher is served with these variables."""
    environ = {**os.environ, **variables}
    found = pack.read(served.path(), pack.key(environ))
    stamp = feed.stamp(paths.data(environ))
    return feed.serve(environ, utc_now().timestamp(), found, stamp, lambda: False)


def every_query() -> list[dict[str, str]]:
    """The variables of every list that is served in this home."""
    found = [
        {"action": action, "account": account.id}
        for account in accounts.load().accounts
        for action in (*pack.OF_ACCOUNT, "token")
    ]
    found += [{"action": action} for action in ("add", "extras", "guide", "")]
    found += [{"action": "summary"}, {"action": "summary", "private": "1"}]
    return found + [
        {"action": action, "provider": name}
        for name in providers.names()
        for action in pack.OF_PROVIDER
    ]


@pytest.mark.usefixtures("build")
def test_what_is_served_is_what_would_be_rendered() -> None:
    install(SIX)
    publish.publish()
    for variables in every_query():
        answer = served_list(**variables)
        assert answer is not None, variables
        assert json.loads(answer) == json.loads(lists.answer({**os.environ, **variables}))
        assert check_rows(json.loads(answer), ROOT) == []


def test_what_the_keys_do_at_each_row_of_the_details_is_kept_once() -> None:
    install(SIX)
    publish.publish(lambda: NOW)
    found = pack.read(served.path(), pack.key({"action": "details", "account": GLM.id}))
    answer = feed.fill(found, NOW.timestamp(), times.formats())
    rows = json.loads(answer)["items"]
    of_facts = [row["mods"] for row in rows if row["variables"]["action"] == "copy"]
    assert len(of_facts) > 5
    assert all(mods == of_facts[0] for mods in of_facts)
    assert found.count(b"Refresh GLM") < 4


def test_a_moving_value_of_a_list_moves() -> None:
    install(SIX)
    publish.publish(lambda: NOW)
    found = pack.read(served.path(), pack.key({"action": "details", "account": GLM.id}))
    stamp = feed.stamp(paths.data(os.environ))
    for seconds, said in (
        (0, "2:58 PM · 2m ago"),
        (600, "2:58 PM · 12m ago"),
        (7200, "2:58 PM · 2h ago"),
    ):
        now = NOW.timestamp() + seconds
        answer = feed.serve(os.environ, now, found, stamp, lambda: False)
        assert answer is not None
        assert said in " ".join(t["subtitle"] for t in json.loads(answer)["items"])


def test_a_list_of_typed_words_or_of_this_machine_is_not_served() -> None:
    for action in ("region", "import", "fly"):
        assert pack.key({"action": action}) == ""
    install(SIX)
    publish.publish()
    assert served_list(action="region", provider="glm") is None


def test_another_keyword_is_not_served_the_wrong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    install(SIX)
    publish.publish()
    assert served_list(action="manage", account=GLM.id) is not None
    assert served_list(action="manage", account=GLM.id, keyword="quota") is None
    monkeypatch.setenv("keyword", "quota")
    publish.publish()
    answer = served_list(action="manage", account=GLM.id, keyword="quota")
    assert answer is not None
    assert "quota:" in answer.decode()


def test_after_a_change_the_old_pack_serves_nothing() -> None:
    install(SIX)
    publish.publish()
    edit.rename(GLM.id, "Other")
    assert served_list(action="manage", account=GLM.id) is None
    publish.publish()
    answer = served_list(action="manage", account=GLM.id)
    assert answer is not None
    assert "Other" in answer.decode()


@pytest.mark.usefixtures("build")
def test_only_what_changed_is_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    install(many(30))
    publish.publish()
    rendered: list[dict[str, str]] = []
    render = lists.rendered

    def counted(query: lists.Query, moment: Moment | None = None) -> str:
        rendered.append({name: query.get(name) for name in ("action", "account")})
        return render(query, moment)

    monkeypatch.setattr(lists, "rendered", counted)
    publish.publish()
    assert rendered == []
    changed = accounts.load().accounts[7]
    edit.rename(changed.id, "Other")
    publish.publish()
    assert {query["account"] for query in rendered} == {changed.id, ""}
    answer = served_list(action="details", account=changed.id)
    assert answer is not None
    assert "Other" in answer.decode()


def test_in_another_time_zone_every_list_has_its_clock_times(
    build: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, snapshot = examples.GLM
    resets_at = utc_now().replace(minute=7) + timedelta(days=1)
    quota = replace(examples.share("Weekly", "41", None, 604800), resets_at=resets_at)
    install([(account, replace(snapshot, usage=Usage((quota,)), fetched_at=utc_now()))])
    try:
        for zone, minutes in (("UTC", ":07"), ("Asia/Kathmandu", ":52"), ("UTC", ":07")):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            publish.publish()
            for variables in ({"action": "details", "account": account.id}, {"action": "summary"}):
                body = (served_list(**variables) or b"").decode()
                assert minutes in body
    finally:
        monkeypatch.undo()
        time.tzset()


def test_in_a_checkout_everything_is_rendered_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    install(SIX)
    publish.publish()
    monkeypatch.setattr(lists, "rendered", lambda query, moment: '{"items":[]}')
    publish.publish()
    answer = served_list(action="manage", account=GLM.id)
    assert answer == b'{"items":[]}'


def test_a_page_that_is_not_there_keeps_its_list_out(build: None) -> None:
    install(SIX)
    os.unlink(pages.path("glm"))
    publish.publish()
    for variables in ({"action": "add"}, {"action": "replace", "account": GLM.id}):
        assert served_list(**variables) is None
    assert served_list(action="details", account=GLM.id) is not None
    lists.answer({**os.environ, "action": "add"})  # writes it
    publish.publish()
    assert served_list(action="add") is not None


@pytest.fixture
def published() -> bytes:
    """A pack as it was published, which lies there."""
    install(SIX)
    publish.publish()
    return Path(served.path()).read_bytes()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each example writes it anew
@given(junk=st.binary(max_size=300), at=st.integers(0, 4000))
def test_a_damaged_pack_is_refused_or_whole(published: bytes, junk: bytes, at: int) -> None:
    path = Path(served.path())
    path.write_bytes(published[:at] + junk + published[at + len(junk) :])
    try:
        answer = served_list(action="details", account=GLM.id)
    except ValueError:
        answer = None
    path.write_bytes(published)
    assert answer in (None, served_list(action="details", account=GLM.id))


def test_a_damaged_pack_is_rendered_anew(build: None) -> None:
    install(SIX)
    publish.publish()
    path = Path(served.path())
    whole = path.read_bytes()
    for damaged in (b"", b"\n", whole[:700], whole[:-1], whole.replace(b"GLM", b"XXX"), b"\0" * 99):
        path.write_bytes(damaged)
        publish.publish()
        answer = served_list(action="details", account=GLM.id)
        assert answer is not None
        assert b"XXX" not in answer


@pytest.mark.slow
def test_a_head_longer_than_the_first_look_is_read() -> None:
    install(many(400))
    publish.publish()
    last = accounts.load().accounts[-1]
    answer = served_list(action="details", account=last.id)
    assert answer is not None
    assert last.id in answer.decode()


def run(**variables: str) -> dict[str, Any]:
    """Call the script as the launcher does, and return the JSON that it prints."""
    done = subprocess.run(
        [sys.executable, "-IS", str(ROOT / "scripts" / "usage.py"), "menu"],
        env={**os.environ, **variables},
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_call_is_served_and_falls_back() -> None:
    install(SIX)
    publish.publish()
    served_answer = run(action="details", account=GLM.id)
    path = Path(served.path())
    for damaged in (b"", b"tankful-lists-2\t99", path.read_bytes()[:900]):
        path.write_bytes(damaged)
        assert run(action="details", account=GLM.id) == served_answer
    path.unlink()
    assert run(action="details", account=GLM.id) == served_answer
    assert run(action="details", account="glm-0000")["items"][0]["variables"]["action"] == "list"


def test_the_pack_is_for_its_owner_only() -> None:
    install(SIX)
    publish.publish()
    assert Path(served.path()).stat().st_mode & 0o777 == 0o600


def test_the_ends_of_a_list_have_one_way() -> None:
    install(SIX)
    state = states.read()
    for account in state.book.accounts:
        query = lists.Query(state, {"action": "manage", "account": account.id})
        ways = {row["variables"]["action"] for row in json.loads(lists.rendered(query))["items"]}
        for way, step in (("up", -1), ("down", 1)):
            assert (way in ways) == bool(edit.neighbour(state.book, account, step))


def test_what_is_hidden_does_not_move() -> None:
    install(SIX)
    book = accounts.change(lambda book: book.with_account(replace(book.accounts[2], hidden=True)))
    assert book.ends == {False: (book.accounts[0].id, book.accounts[-1].id)}


@pytest.mark.usefixtures("build")
def test_an_arrangement_renders_anew_what_shows_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    install(many(6))
    publish.publish()
    made: list[str] = []
    render = lists.rendered

    def counted(query: lists.Query, moment: Moment | None = None) -> str:
        made.append(f"{query.get('action')} {query.get('account')}".strip())
        return render(query, moment)

    monkeypatch.setattr(lists, "rendered", counted)
    edit.arrange(accounts.load().accounts[2].id, "pin")
    publish.publish()
    pinned = accounts.load().accounts[2].id
    of_it = [f"{action} {pinned}" for action in pack.OF_ACCOUNT]
    assert sorted(made) == sorted([*of_it, "add", "alerts", "extras", "fit", "summary", "summary"])


@pytest.mark.usefixtures("build")
def test_a_key_that_was_seen_moves_its_provider_up(monkeypatch: pytest.MonkeyPatch) -> None:
    install(SIX)
    publish.publish()
    assert first_to_add() == providers.names()[0]
    seen.keep(["tavily"])  # as when keys were looked for
    publish.publish()
    assert first_to_add() == "tavily"
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-5e7e00000000000000000000000000ab")
    publish.publish()  # by a shell
    assert first_to_add() == "deepseek"
    monkeypatch.delenv("DEEPSEEK_API_KEY")
    publish.publish()  # by the launcher, which knows none of the shell's variables
    assert first_to_add() == "deepseek"
    monkeypatch.setattr(seen, "update", lambda *_: pytest.fail("a keystroke looks at nothing"))
    assert first_to_add() == "deepseek"


def test_a_provider_of_ones_own_is_offered_as_soon_as_its_file_changes(build: None) -> None:
    install(SIX)
    publish.publish()
    assert b"add-acme" not in (served_list(action="add") or b"")
    file = Path(paths.data(os.environ), "providers", "acme.toml")
    file.parent.mkdir()
    head = 'name = "Acme"\nurl = "https://acme.example/"\n[[balances]]\navailable = "/left"\n'
    file.write_text(f'{head}unit = "USD"\n')
    publish.publish()
    assert served_list(action="add") is None  # its page of the guide is written by who asks
    assert b"add-acme" in lists.answer({**os.environ, "action": "add"})
    publish.publish()
    assert b"add-acme" in (served_list(action="add") or b"")
    file.unlink()
    publish.publish()
    assert b"add-acme" not in (served_list(action="add") or b"")


def first_to_add() -> str:
    answer = served_list(action="add")
    assert answer is not None
    rows = json.loads(answer)["items"]
    ids = (row["variables"]["provider"] for row in rows if row.get("uid", "").startswith("add-"))
    return str(next(ids))
