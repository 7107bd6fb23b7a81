"""Which parts of a module are changed, and which are left out."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.changes import changes

FUNCTION = 'def parse(used: int) -> int:\n    """Read it."""\n    {}\n'


def made(code: str) -> list[str]:
    """Return what the last statement of a module becomes by each change."""
    tree = ast.parse(code)
    before = ast.unparse(tree)
    became = [ast.unparse(tree).splitlines()[-1].strip() for _ in changes(tree)]
    assert ast.unparse(tree) == before  # each was taken back
    return became


@pytest.mark.parametrize(
    ("line", "became"),
    [
        ("return used >= 100", ["return None", "return used > 100", "return used >= 101"]),
        ("return a or not b", ["return None", "return a and (not b)", "return a or b"]),
        ("return -used", ["return None", "return used"]),
        ("left = read('12', min(a))", [
            "left = None", "left = read('12', None)", "left = read('13', min(a))",
            "left = read('12', max(a))", "left = read('12', min(None))",
        ]),
        ("left = None", []),
        ("return a or ''", ["return None", "return a and ''"]),
        ("a.get('b', '')", ["a.get('XXbXX', '')"]),
        ("left += 1", ["left -= 1", "left += 2"]),
        ("use(name=used)", ["use()"]),
        ("use({'a': b'c'})", ["use(None)", "use({'XXaXX': b'c'})", "use({'a': b'XXc'})"]),
        ("return [a for a in b if a]", ["return None", "return [a for a in b if not a]"]),
        ("return a if b else c", ["return None", "return a if not b else c"]),
        ("raise Refused(_('{who} refuses', who='x'))", ["raise Refused(None)", "raise Refused(_('{who} refuses'))", "raise Refused(_('{who} refuses', who='XXxXX'))"]),
        ("cast('Usage', a)", ["cast('Usage', None)"]),
    ],
)  # fmt: skip
def test_each_kind_of_change(line: str, became: list[str]) -> None:
    assert made(FUNCTION.format(line)) == became


def test_constants_of_the_module_are_changed_but_not_what_a_provider_says_of_itself() -> None:
    assert made("_FULL: int = 100") == ["_FULL: int = 101"]
    assert made("Level = Literal['low', 'plenty']") == []
    assert made("PROVIDER = Provider(id='glm')\n__all__ = ['a']") == []


def test_what_runs_at_the_import_only_is_left() -> None:
    code = "class Row:\n    left: int = 1\n\n    @cached(2)\n    def of(self, most: int = 3) -> int:\n        return most"
    assert made(code) == ["return None"]


def test_loops_and_handlers_are_looked_into() -> None:
    code = FUNCTION.format(
        "while used:\n        try:\n            continue\n        except E:\n            break"
    )
    assert [str(change) for change in changes(ast.parse(code))] == [
        "3: while used: ...  →  while not used: ...",
        "5: continue  →  break",
        "7: break  →  return",
    ]
