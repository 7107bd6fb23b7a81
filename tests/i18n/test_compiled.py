"""A compiled catalogue translates like gettext."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from workflow.i18n import catalog
from workflow.i18n.compiled import Compiled

FILE = Path(catalog.FOLDER, "zh_CN/LC_MESSAGES/tankful.mo")


def test_every_sentence_is_found_and_no_other() -> None:
    ours = Compiled.load(str(FILE))
    assert ours is not None
    with FILE.open("rb") as file:
        known = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert len(known) > 1000
    for sentence, translation in known.items():
        if isinstance(sentence, tuple):
            one, form = sentence
            several = next(s for s in _plurals() if s.startswith(f"{one}\0")).partition("\0")[2]
            assert ours.ngettext(one, several, 1 + form) == translation
        else:
            assert ours.gettext(sentence) == translation
            assert ours.gettext(sentence) == translation  # when it is said again
            assert ours.gettext(f"{sentence}\1") == f"{sentence}\1"


def _plurals() -> list[str]:
    """The sentences with another one for several."""
    content = FILE.read_bytes()
    ours = Compiled.load(str(FILE))
    assert ours is not None
    assert content == ours._content
    texts = (ours._text(ours._originals, number).decode() for number in range(ours._count))
    return [text for text in texts if "\0" in text]


@pytest.mark.parametrize("length", [0, 4, 20, 28, 4000])
def test_a_file_that_was_cut_is_none(tmp_path: Path, length: int) -> None:
    cut = tmp_path / "cut.mo"
    cut.write_bytes(FILE.read_bytes()[:length])
    assert Compiled.load(str(cut)) is None
    assert Compiled.load(str(tmp_path / "gone.mo")) is None
