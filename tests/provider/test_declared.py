"""The file of a user's own provider: how it is read, and the errors of a bad one."""

from __future__ import annotations

import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.said import both
from workflow.provider import declared

LEAST = 'name = "Acme"\nurl = "https://gateway.example/v1"\n[[balances]]\navailable = "/quota"\n'
EXAMPLES = re.findall(
    r"(?s)```toml\n(# providers/([a-z]+)\.toml.*?)```",
    (ROOT / "workflow/guide/reference.en.md").read_text(encoding="utf-8"),
)


def test_the_examples_of_the_reference_are_good() -> None:
    assert [name for _text, name in EXAMPLES] == ["acme", "lab"]
    acme, lab = (declared.read(name, text.encode()) for text, name in EXAMPLES)
    assert (acme.origin, acme.header, acme.ok) == (
        "https://gateway.example",
        "Authorization",
        (("/success", True),),
    )
    assert acme.quotas[0].divide == Decimal(500000)
    assert (lab.origin, lab.header, lab.value) == ("http://127.0.0.1:8080", "X-API-Key", "{key}")
    assert lab.quotas[0].unit == "%"


def test_what_is_not_said_has_its_usual_value() -> None:
    found = declared.read("acme", LEAST.encode())
    assert (found.header, found.value, found.plan) == ("Authorization", "Bearer {key}", "")
    assert found.dashboard == "https://gateway.example/"
    assert found.pointers == ("/quota",)
    assert (found.balances[0].unit, found.balances[0].divide) == ("credits", Decimal(1))


def test_an_address_without_encryption_says_what_it_is() -> None:
    with pytest.raises(declared.Fault) as caught:
        declared.read("acme", LEAST.replace("https", "http").encode())
    english, chinese = both(caught.value.message)
    assert english.startswith("url: http://gateway.example is not encrypted, so the key")
    assert chinese.startswith("url：http://gateway.example 未加密，")


@pytest.mark.parametrize(
    ("quota", "wanted"),
    [
        ("used = 'x'", "used 有误；应为：JSON Pointer，如 /data/quota"),
        ("unit = '$'", "used 有误；应为：used、limit、remaining 或 percent 中至少一个"),
        ("used = '/x'\nunit = '$'", "unit 有误；应为：%、货币代码（如 USD）或单词（如 credits）"),
    ],
)
def test_what_is_expected_stands_apart_in_chinese(quota: str, wanted: str) -> None:
    with pytest.raises(declared.Fault) as caught:
        declared.read("acme", f"{LEAST}[[quotas]]\nlabel = 'M'\n{quota}".encode())
    assert both(caught.value.message)[1] == f"quotas[0].{wanted}"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("name = ", "line 1"),
        ('name = "A"\nname = "B"', "line 2"),
        (LEAST + 'used = "/x"', "balances[0].used"),
        (LEAST + "[[quotas]]\nlabel = 'M'", "quotas[0].used"),
        (LEAST + "[[quotas]]\nlabel = 'M'\nused = 'x'", "quotas[0].used"),
        (LEAST + "[[quotas]]\nlabel = 'M'\nused = '/x~2'", "quotas[0].used"),
        (LEAST + "[[quotas]]\nlabel = 'M'\nused = '/x'\ntime = 'soon'", "quotas[0].time"),
        (LEAST + "[[quotas]]\nlabel = 'M'\nused = '/x'\ndivide = 5", "quotas[0].divide"),
        (LEAST + "[[quotas]]\nlabel = 'M'\nused = '/x'\ndivide = '0'", "quotas[0].divide"),
        (LEAST + "[[quotas]]\nlabel = 'M'\nused = '/x'\nunit = 'U$'", "quotas[0].unit"),
        (
            LEAST + "[[quotas]]\nlabel = 'M'\nused = '/x'\nwindow_seconds = true",
            "quotas[0].window_seconds",
        ),
        (LEAST + "[[quotas]]\nused = '/x'", "quotas[0].label"),
        (LEAST + "[quotas]\nx = 1", "quotas"),
        ("method = 'POST'\n" + LEAST, "method"),
        ("header = 'Host'\n" + LEAST, "header"),
        ("value = 'Bearer'\n" + LEAST, "value"),
        ("plan = 7\n" + LEAST, "plan"),
        ("dashboard = 'javascript:x'\n" + LEAST, "dashboard"),
        ("dashboard = 'http://gateway.example/'\n" + LEAST, "dashboard"),
        (LEAST + "[ok]\n'/a' = [1]", "ok./a"),
        (LEAST.replace("https", "http"), "url"),
        (LEAST.replace("https://gateway", "https://me:x@gateway"), "url"),
        (LEAST.replace("https", "ftp"), "url"),
        (LEAST.replace('"Acme"', '""'), "name"),
        ('name = "A"\nurl = "https://a.example/"', "[[balances]]"),
        (
            LEAST + "[[quotas]]\nlabel = 'M'\nused = '/x'\n" * 2,
            "quotas[1].label",
        ),
        ("#" * 20000, "16 KB"),
    ],
)
def test_a_bad_file_names_the_line_or_the_key(content: str, named: str) -> None:
    with pytest.raises(declared.Fault) as caught:
        declared.read("acme", content.encode())
    english, chinese = both(caught.value.message)
    assert named in english
    assert english != chinese
    assert english.isprintable()


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 9000], ids=["digits", "nesting"])
def test_what_the_parser_gives_up_on_is_a_fault(value: str) -> None:
    with pytest.raises(declared.Fault):
        declared.read("acme", f"{LEAST}[[quotas]]\nlabel = 'M'\nwindow_seconds = {value}".encode())


@pytest.mark.parametrize("id", ["", "Acme", "a.b", "../a", "-a", "a" * 40])
def test_a_file_has_a_plain_name(id: str) -> None:
    with pytest.raises(declared.Fault, match="lower-case letters"):
        declared.read(id, LEAST.encode())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_is_in_it_it_is_read_or_a_fault(content: bytes) -> None:
    for told in (content, LEAST.encode() + b"\n" + content):
        with suppress(declared.Fault):
            declared.read("acme", told)
