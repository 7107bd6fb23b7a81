from __future__ import annotations

import pytest

from workflow.pasted import cleaning
from workflow.pasted.cleaning import Word


def nothing(_: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" key \r\n", "key"),
        ("\ufeffke\u200by", "key"),
        ("\x1b[200~key\x1b[201~", "key"),
        ("密钥：key", "密钥:key"),
        ("curl \\\n -H 'a'", "curl   -H 'a'"),
        ('curl ^"a^%^7Cb^" ^\r\n-H x', 'curl "a%7Cb"  -H x'),
        ("$'a\\u0021'", "$'a!'"),
    ],
)
def test_a_text_is_cleaned_of_shells_and_what_is_invisible(text: str, clean: str) -> None:
    assert cleaning.clean(text) == clean


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("abc\n def\n", "abcdef"),
        ('Bearer "abc\ndef"', 'Bearer "abcdef'),
        ("abc\nCopy", None),
        ("abc\nmy key", None),
        ("abc", None),
        ("", None),
    ],
)
def test_lines_of_one_key_are_joined(text: str, mended: str | None) -> None:
    assert cleaning.mended(text, nothing) == (text if mended is None else mended)


def test_keys_below_each_other_are_not_joined() -> None:
    assert cleaning.mended("abc\ndef", lambda line: line == "def") == "abc\ndef"


def test_json_is_opened_also_within_a_string() -> None:
    assert cleaning.opened('{"a": 1}')[1] == {"a": 1}
    assert cleaning.opened("'[1]';")[1] == [1]
    assert cleaning.opened('"{\\"a\\": 1}"') == ('{"a": 1}', {"a": 1})
    assert cleaning.opened('"a\u200bb"') == ("ab", None)
    assert cleaning.opened("{a: 1}") == ("{a: 1}", None)


def test_words_that_may_be_keys_come_once_each() -> None:
    found = [
        word.text for word in cleaning.pieces("My key is ab-cdef12, thanks: ab-cdef12 abcdefgh")
    ]
    assert found == ["ab-cdef12"]
    (word,) = cleaning.pieces("export KEY=ab-cdef12; next")
    assert (word.before, word.after) == ("export KEY=", "; next")
    assert repr(word) == "Word()"


@pytest.mark.parametrize(
    ("before", "after", "damaged"),
    [
        ("", "", False),
        ("", "…", True),
        ("", "...xyz", True),
        ("…", "", True),
        ("", "éx", True),
        ("", " restof1t", True),
        ("key: ", " restofit", False),
        ("key: ", " rest0fit", True),
        ("", "，谢谢", False),
    ],
)
def test_a_part_of_a_key_is_known_by_what_stands_around(
    before: str, after: str, damaged: bool
) -> None:
    assert (Word("ab-cdef12", before, after).fault(nothing) is not None) is damaged


def test_another_key_beside_it_damages_nothing() -> None:
    assert Word("ab-cdef12", "", " gh-ijkl34").fault(lambda word: word == "gh-ijkl34") is None


@pytest.mark.parametrize("text", ["sk-a…b", "sk-a...b", "sk-***", "••••", "●●"])
def test_what_is_shortened_or_masked_is_seen(text: str) -> None:
    assert cleaning.is_shortened(text)
    assert not cleaning.is_shortened("sk-ab. c")
