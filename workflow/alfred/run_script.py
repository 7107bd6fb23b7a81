"""The output of a Run Script object: the next object's argument and variables, as Alfred's JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a Python that is too old also uses this module, and has no Literal
    from typing import Literal

    Then = Literal["", "list", "menu", "open", "stay"]  # the next step


def answer(notice: str = "", then: Then = "", **variables: str) -> str:
    """Return the output of a Run Script, without a line break at its end.

    Args:
        notice: the text of a notification; "" for none.
        then: the next step; "" hides the launcher, "stay" leaves what it shows.
        variables: further variables for the next objects.
    """
    handed: dict[str, str] = {"then": then, **variables}
    return json.dumps({"alfredworkflow": {"arg": notice, "variables": handed}}, ensure_ascii=False)
