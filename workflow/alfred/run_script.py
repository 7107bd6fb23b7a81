"""What a Run Script object prints: the next object's argument and variables, in Alfred's own form."""

from __future__ import annotations

import json
from typing import Dict


def answer(told: str = "", then: str = "", **variables: str) -> str:
    """The answer of a Run Script, without a line break at its end.

    Args:
        told: what a notification says; "" for none.
        then: what comes next: "list", "menu", "open", or "" for nothing.
        variables: more of what the next objects need.
    """
    handed: Dict[str, str] = {"then": then, **variables}
    return json.dumps({"alfredworkflow": {"arg": told, "variables": handed}}, ensure_ascii=False)
