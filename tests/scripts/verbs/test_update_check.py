"""``tankful update-check`` makes no request while the project has no address."""

from __future__ import annotations

from tests.conftest import Shell
from tests.standin import StandIn
from workflow import __url__, __version__


def test_without_an_address_it_says_so_and_asks_nobody(world: StandIn, shell: Shell) -> None:
    assert __url__ == ""  # else the tests of the release page hold
    ran = shell.tankful("update-check")
    said = f"This is {__version__}; it has no release page to ask, so look for a newer version where you got it.\n"
    assert (ran.code, ran.out, ran.err) == (0, said, "")
    shell.env = {"TANKFUL_LANGUAGE": "zh"}
    assert "没有可查询的发布页" in shell.tankful("update-check").out
    assert world.requests == []
