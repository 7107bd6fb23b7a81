from __future__ import annotations

import ast
import textwrap

import pytest

from scripts.tools.abridge import abridged
from tests.conftest import ROOT

OURS = sorted([*ROOT.glob("workflow/**/*.py"), *ROOT.glob("scripts/**/*.py")])


def text(source: str) -> str:
    return abridged(textwrap.dedent(source).encode()).decode()


def test_docstrings_and_comments_go_and_lines_keep_their_numbers() -> None:
    before = '''\
        #!/usr/bin/env python3
        # A script.
        """It does something.

        And more."""

        from a import b  # why


        class C:
            """A class."""  # of mine

            x = 1
            """What x is."""

            def f(self):
                # First this
                r"""Do it."""

            def g(self): "Do it."

            def h(self):
                """This."""
                "and that"

        async def h(y=(1,  # one
                       2)):
            # all of it
            return """kept # and this"""  # gone
        '''
    after = '''\
        #!/usr/bin/env python3





        from a import b


        class C:


            x = 1


            def f(self):

                ""

            def g(self): "Do it."

            def h(self):
                ""
                ""

        async def h(y=(1,
                       2)):

            return """kept # and this"""
        '''
    assert text(before) == textwrap.dedent(after)


@pytest.mark.parametrize(
    "source",
    [
        'x = """a\n# b"""\n',
        'f(\n"""a"""\n)\n',
        '"a".join(b)\n',
        '"a" "b"\n',
        'f"{a}"\n',
        "",
        "x = 1",
        "if 1:\n\tx\n\f\n",
        'if 1: \\\n    "a"\nx = 1; \\\n"b"\n',
        'x = "#\\"#", \'\\\'#"\', """#"#""\\"""#""", \'\'\'#\'#\'\'\\\'#\'\'\'\n',
        'x = br"\\"#", rb\'\\\\\', "a\\\n#", {"a"}\n',
    ],
)
def test_everything_else_stays(source: str) -> None:
    assert abridged(source.encode()).decode() == source


def test_the_rest_of_a_line_stays_on_it() -> None:
    assert text('"""a\nb"""; x = 1\n') == '"""a\nb"""; x = 1\n'
    assert text('def f():\n    """a\n    b"""\n') == 'def f():\n    ""\n\n'
    assert (
        text('def f():\n    "中文 🚀"  # 注释\n    return "中"\n')
        == 'def f():\n\n    return "中"\n'
    )


def test_notices_of_rights_stay() -> None:
    code = "import os\n\n# Copyright 2001 A\n#\n# Permission is granted.\n\n# why\nx = 1  # copyright\n"
    assert text(code) == code.replace("# why", "").replace("  # copyright", "")
    assert (
        text("# SPDX-License-Identifier: MIT\nx = 1\n") == "# SPDX-License-Identifier: MIT\nx = 1\n"
    )


def test_the_help_of_a_command_stays() -> None:
    command = '@click.command("go")\n@click.pass_context\ndef go(context):\n    """Go.\n\n    Far.\n    """\n'
    assert text(command) == command
    assert text(command.replace("click.command", "property", 1).replace('("go")', "")) == (
        '@property\n@click.pass_context\ndef go(context):\n    ""\n\n\n\n'
    )


def test_a_line_may_end_in_any_way() -> None:
    assert text('# a \\\n"""b"""\nx = 1\n') == "\n\nx = 1\n"
    assert text('x = 1\n"""a\nb"""') == "x = 1\n\n"
    assert abridged(b'x = 1  # a\r\n"""b"""\r\ny\r\n') == b"x = 1\n\ny\r\n"


def test_a_byte_order_mark_goes_too() -> None:
    assert abridged(b"\xef\xbb\xbfx = 1\n") == b"x = 1\n"


def statements(source: bytes) -> tuple[str, list[int]]:
    """All statements, and the line of each, except those that are only a text."""
    module = ast.parse(source)
    nodes = [node for node in ast.walk(module) if isinstance(node, ast.stmt)]
    texts = {n for n in nodes if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}
    for node in (module, *nodes):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                setattr(node, name, [part for part in value if part not in texts])
    return ast.dump(module), [node.lineno for node in nodes if node not in texts]


def test_our_code_means_the_same() -> None:
    sources = {path: path.read_bytes() for path in OURS}
    assert len(sources) > 300
    other = [
        p for p, source in sources.items() if statements(abridged(source)) != statements(source)
    ]
    assert other == []
