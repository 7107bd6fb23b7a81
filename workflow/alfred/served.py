"""Write the pack: every list that is served, rendered again only if its contents have changed."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Callable
from zlib import crc32

from .. import settings as preferences
from ..display import json_report, prompt, table
from ..display.moving import Moment, enclosed
from ..display.times import moment_of
from ..guide import pages
from ..i18n.catalog import speaking
from ..provider import discovery as providers
from ..recognition import seen
from ..schedule import schedule
from ..state.state import State
from ..state.status import measure
from ..storage import files, json_codec
from ..system import builds
from ..trend import pages as trends
from . import lists, pack, pieces, source

_TRAILER = 9  # bytes
Kept = Mapping[tuple[str, str], memoryview]  # stored lists, by key and source
Make = Callable[[Moment], str]  # renders a list, with its moving texts enclosed
Entry = tuple[str, str, bytes]  # of the pack: a key, a word for the source, an answer


def path() -> str:
    """Return the path of the pack."""
    return files.in_cache(pack.LISTS)


def leave(state: State, headed: Callable[[bytes], bytes]) -> None:
    """Write the pack again; only changed lists are rendered. Raises OSError.

    ``headed`` makes a feed of an answer.
    """
    kept = _kept() if builds.current() else {}  # the code of a checkout may have changed
    with speaking(state.settings.translation):
        entries = _entries(state, dict(os.environ), kept)
        parts = [(name, made_of, headed(answer)) for name, made_of, answer in entries]
        if builds.current():
            parts.append((pieces.KEY, "", pieces.content(state)))
        files.write(path(), _packed(parts), lasting=False)


def remove() -> None:
    """Delete the pack. Raises OSError."""
    with suppress(FileNotFoundError):
        os.unlink(path())


def _entries(state: State, environ: Mapping[str, str], kept: Kept) -> Iterator[Entry]:
    everyone = source.of_everyone(state)
    page = _pages()
    entry = functools.partial(_entry, kept, moment_of(state))
    yield from _of_a_shell(state, everyone, entry)
    rendered = functools.partial(_rendered, state, environ, page)
    keyword = {"keyword": pack.keyword(environ)}
    for variables, made_of in _queries(state, environ, everyone):
        make = functools.partial(rendered, variables)
        with suppress(LookupError):  # a page is missing; it is written when it is first asked for
            yield entry(pack.key({**keyword, **variables}), made_of, make)


def _rendered(
    state: State,
    environ: Mapping[str, str],
    page: Callable[[str], str],
    variables: Mapping[str, str],
    moment: Moment,
) -> str:
    """Render a list. Raises LookupError if a page is missing."""
    if variables["action"] in pack.OF_PROVIDER:  # raises early, before the list is made in vain
        page(variables["provider"])
    query = lists.Query(state, {**environ, **variables}, page, trends.there)
    return lists.rendered(query, moment)


def _pages() -> Callable[[str], str]:
    """Return a function that finds a page of the guide, with a cache."""

    @functools.cache
    def path(provider: str) -> str:
        with suppress(LookupError):
            return pages.there(provider)
        return ""

    def page(provider: str) -> str:
        if not path(provider):
            raise LookupError(provider)
        return path(provider)

    return page


def _of_a_shell(
    state: State, everyone: str, entry: Callable[[str, str, Make], Entry]
) -> Iterator[Entry]:
    """Yield the answers for a shell; none while ``tankful list`` would wait for a refresh, or say more."""
    book = state.book
    if not book.accounts or state.is_empty or book.is_all_hidden or preferences.complaint():
        return
    yield entry(pack.TABLE, everyone, lambda _: enclosed(table.table(state)))
    shown = functools.lru_cache(maxsize=1)(lambda: prompt.prompt(state))
    yield entry(pack.LINE, everyone, lambda _: enclosed(status_line(shown())))
    yield entry(pack.LINE_JSON, everyone, lambda _: enclosed(status_line(shown(), as_json=True)))
    yield entry(pack.REPORT, everyone, lambda _: json_report.printed(state, state.now).decode())


def status_line(shown: prompt.Prompt, *, as_json: bool = False) -> str:
    """Return the line that ``tankful prompt`` prints, with markers, as text or as waybar's JSON object."""
    if not as_json:
        return shown.text
    fields = {"text": shown.text, "tooltip": shown.tooltip, "class": shown.level}
    return json_codec.dumps(fields).decode()


def _entry(kept: Kept, moment: Moment, name: str, source: str, make: Make) -> Entry:
    """Return a list; the stored one if it has the same source. Raises what ``make`` raises."""
    body = kept.get((name, source))
    answer = moment.packed(make(moment)) if body is None else bytes(body).split(b"\n", 2)[2]
    return name, source, answer


def _queries(
    state: State, environ: Mapping[str, str], everyone: str
) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the variables that name each list, and the word for its source.

    Lists of all accounts come first, since they have most texts in common with the feed.
    """
    yield {"action": pack.FIT}, everyone
    for private in ("", "1"):
        yield {"action": "summary", "private": private}, everyone
    book, known, alone = state.book, source.of_accounts(state), source.by_themselves(state)
    for account in book.accounts:
        ends = [account.id == end for end in book.ends.get(account.pinned, ())]
        itself, snapshot = alone[account.id], state.snapshots.get(account.id)
        unit = measure(snapshot.usage if snapshot else None, account.threshold_unit)
        sources = {"details": known[account.id], "manage": source.word(itself, ends, unit)}
        for action in pack.OF_ACCOUNT:
            variables = {"action": action, "account": account.id}
            yield variables, sources.get(action, itself)
    machine = (preferences.chosen(), seen.signs(environ), schedule.is_on())
    of_all = source.word(source.of_book(state), machine)
    for action in pack.OF_ALL:
        yield {"action": action}, of_all
    for provider in ("", *providers.names()):
        for action in pack.OF_PROVIDER if provider else ("guide",):
            yield {"action": action, "provider": provider}, source.general(state)


def _packed(parts: Iterable[Entry]) -> bytes:
    lines, bodies, at = [], [], 0
    for name, made_of, body in parts:
        lines.append((name.encode("utf-8", "replace"), at, len(body), made_of.encode()))
        bodies.append(body)
        at += len(body)
    whole = (_head(lines), *bodies)
    return b"".join((*whole, _trailer(*whole)))


def _trailer(*parts: bytes | memoryview) -> bytes:
    """Return the end of a pack of these parts, with a checksum that is quicker than those of its lists."""
    return b"\n%08x" % functools.reduce(lambda before, part: crc32(part, before), parts, 0)


def _head(lines: Sequence[tuple[bytes, int, int, bytes]]) -> bytes:
    index = b"".join([b"%b\t%d\t%d\t%b\n" % line for line in lines])
    size = len(pack.PACKED) + 10 + len(index) + 1  # with a tab, eight digits and two ends of a line
    return b"%b\t%08d\n%b\n" % (pack.PACKED, size, index)


def _kept() -> Kept:
    """Read the lists of the existing pack; none if it cannot be read or is damaged."""
    try:
        content = files.read(path(), pack.LARGEST) or b""
    except OSError:
        return {}
    whole, end = memoryview(content)[:-_TRAILER], content[-_TRAILER:]
    if not content.startswith(pack.PACKED) or end != _trailer(whole):
        return {}
    size = int(content[: content.index(b"\n")].partition(b"\t")[2])
    return dict(_located(whole, size, line) for line in content[:size].splitlines()[1:-1])


def _located(whole: memoryview, size: int, line: bytes) -> tuple[tuple[str, str], memoryview]:
    """Find a list behind a head of this size, by its line of the index."""
    name, at, length, source = line.split(b"\t")
    begin = size + int(at)
    return (name.decode(), source.decode()), whole[begin : begin + int(length)]
