"""The guide on a terminal: nothing of it is lost, and what is copied stays whole."""

from __future__ import annotations

import re
from typing import Iterator, List, Sequence

import pytest
from rich.cells import cell_len

from scripts.terminal import guide as guide_text
from workflow.guide import guide
from workflow.guide.guide import Section
from workflow.provider import discovery

STYLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
MARK = re.compile(r"\*\*(.+?)\*\*|`([^`]+)`|<(https://[^>]+)>")
COPIED = re.compile(r"`([^`]+)`|<(https://[^>]+)>")


def told(title: str, sections: Sequence[Section]) -> Iterator[str]:
    """Every text of the guide in its order, with its marks."""
    yield title
    for section in sections:
        yield section.heading
        yield from section.paragraphs
        for number, step in enumerate(section.steps, 1):
            yield from (f"{number}.", *step)
        for point in section.points:
            yield from ("•", point)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("columns", [1, 20, 40, 60, 80, 120])
@pytest.mark.parametrize("language", guide.LANGUAGES)
@pytest.mark.parametrize("provider_id", ["", *discovery.names()])
def test_nothing_is_lost_however_narrow_the_terminal(
    provider_id: str,
    language: str,
    columns: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("FORCE_COLOR", "1")
    title, sections = guide.title(language, provider_id), guide.sections(language, provider_id)
    guide_text.show(title, sections)
    lines = STYLE.sub("", capsys.readouterr().out).splitlines()
    texts = list(told(title, sections))
    plain = MARK.sub(lambda mark: mark[mark.lastindex or 0], "".join(texts))
    assert squeezed("".join(lines)) == squeezed(plain)
    copied = [found[found.lastindex or 0] for text in texts for found in COPIED.finditer(text)]
    copied += [code for section in sections for _, code in section.steps if code]
    assert [each for each in copied if not any(each in line for line in lines)] == []
    if columns >= 40:
        assert [line for line in wide(lines, columns) if not any(c in line for c in copied)] == []


def wide(lines: List[str], columns: int) -> List[str]:
    """The lines that the terminal has to break."""
    return [line for line in lines if cell_len(line) > columns]
