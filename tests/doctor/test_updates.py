"""The release page is requested only if enabled, and its version is compared with this one."""

from __future__ import annotations

import asyncio
from typing import Union

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import workflow
from scripts.verbs import update_check
from tests.conftest import undetoured
from tests.said import both
from tests.standin import Reply, StandIn
from workflow import __version__
from workflow.doctor import updates
from workflow.errors import UnexpectedResponse, UsageError
from workflow.http.client import Client
from workflow.i18n.catalog import ENGLISH

HOST = "code.example.org"
PROJECT = f"https://{HOST}/tankful/tankful"
LATEST = "/tankful/tankful/releases/latest"


def leads(to: str) -> Reply:
    return Reply(302, headers={"Location": to})


def page(*tags: str) -> Reply:
    links = "".join(f'<a href="/tankful/tankful/releases/tag/{tag}">{tag}</a>' for tag in tags)
    return Reply(200, f"<html>{links}</html>".encode(), {"Content-Type": "text/html"})


def newest(world: StandIn, *replies: tuple[str, Union[Reply, list[Reply]]]) -> str | None:
    for path, reply in replies:
        world.reply(HOST, path, reply)

    async def ask() -> str | None:
        async with Client() as client:
            return await updates.newest(client, PROJECT)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "to",
    [f"{PROJECT}/releases/tag/v0.3.1", "tag/v0.3.1", "/tankful/tankful/releases/tag/0.3.1?from=x"],
)
def test_the_page_leads_to_the_newest_one(world: StandIn, to: str) -> None:
    assert newest(world, (LATEST, leads(to))) == "0.3.1"
    (request,) = world.requests
    sent = {name.lower() for name in request.headers}
    assert sent == {"host", "accept", "accept-encoding", "connection", "user-agent"}


def test_a_project_that_has_moved_is_followed(world: StandIn) -> None:
    moved = "/other/tankful/releases/latest"
    assert newest(world, (LATEST, leads(moved)), (moved, leads("tag/v1.0"))) == "1.0"


def test_a_list_of_them_has_the_newest(world: StandIn) -> None:
    assert newest(world, (LATEST, page("v0.9.0", "v0.10.0", "v0.11.0-rc1", "v0.2"))) == "0.10.0"


def test_a_list_without_one(world: StandIn) -> None:
    everything = "/tankful/tankful/releases"
    assert newest(world, (LATEST, leads(PROJECT + "/releases")), (everything, page())) is None


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (page(), "does not say which release"),
        (Reply(200, b"\xff\x00{" * 99), "does not say which release"),
        (leads(LATEST), "does not say which release"),
        (leads("https://login.example.net/releases/tag/v9"), "another site (login.example.net)"),
        (leads(f"http://{HOST}/releases/tag/v9"), f"another site ({HOST})"),
        (Reply(404, b"gone"), "answers with an error (404)"),
        (Reply(503, b""), "answers with an error (503)"),
    ],
)
def test_what_is_no_answer_is_said(world: StandIn, reply: Reply, said: str) -> None:
    with pytest.raises(UnexpectedResponse) as raised:
        newest(world, (LATEST, reply))
    assert said in both(raised.value.message)[0]
    assert all(request.host == HOST for request in world.requests)


def test_a_moment_without_a_connection(monkeypatch: pytest.MonkeyPatch, world: StandIn) -> None:
    monkeypatch.setenv("TANKFUL_LOOPBACK", "http://127.0.0.1:9")
    with pytest.raises(UsageError) as raised:
        newest(world)
    assert raised.value.kind == "unreachable"


@pytest.mark.parametrize(
    ("own", "found", "said"),
    [
        ("0.1.0", "0.2.0", f"Tankful 0.2.0 is out, this is 0.1.0: {PROJECT}/releases"),
        ("0.9", "0.10", f"Tankful 0.10 is out, this is 0.9: {PROJECT}/releases"),
        ("1.0", "1.0.0", "Tankful 1.0 is the newest."),
        ("0.3.0.dev1", "0.2", "This is 0.3.0.dev1, newer than the last release (0.2)."),
        ("0.1.0", None, "There is no release yet; this is 0.1.0."),
    ],
)
def test_verdict(own: str, found: str | None, said: str) -> None:
    assert ENGLISH.say(updates.verdict(own, found, PROJECT)) == said


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4), st.integers(0, 3))
def test_a_version_equals_itself_and_comes_before_the_next(parts: list[int], place: int) -> None:
    place %= len(parts)
    later = [*parts[:place], parts[place] + 1, *parts[place + 1 :]]
    one, other = (".".join(map(str, each)) for each in (parts, later))
    assert "is the newest" in ENGLISH.say(updates.verdict(one, f"{one}.0", PROJECT))
    assert "is out" in ENGLISH.say(updates.verdict(one, other, PROJECT))
    assert "newer than" in ENGLISH.say(updates.verdict(other, one, PROJECT))


class TestVerb:
    @pytest.fixture(autouse=True)
    def project(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """An address, as there will be one."""
        monkeypatch.setattr(workflow, "__url__", PROJECT)

    def test_it_says_one_line(self, world: StandIn) -> None:
        world.reply(HOST, LATEST, leads("tag/v99.0"))
        ran = CliRunner().invoke(update_check.command)
        said = f"Tankful 99.0 is out, this is {__version__}: {PROJECT}/releases\n"
        assert (ran.exit_code, undetoured(ran.output)) == (0, said)

    def test_a_failure_is_one_line_that_names_the_page(self, world: StandIn) -> None:
        world.reply(HOST, LATEST, Reply(500, b""))
        ran = CliRunner().invoke(update_check.command)
        said = f"tankful: the release page answers with an error (500); try again later, or look there: {PROJECT}/releases\n"
        assert (ran.exit_code, undetoured(ran.output)) == (1, said)
