"""Alfred's Text View JSON (https://www.alfredapp.com/help/workflows/user-interface/text/json/)."""

from __future__ import annotations

import json


def answer(markdown: str, footer: str, **variables: str) -> str:
    """Return the output of a Text View's script, shown from its beginning.

    The footer explains the keys; the variables are for the next object.
    """
    shown = {
        "response": markdown,
        "footer": footer,
        "behaviour": {"response": "replace", "scroll": "start"},
        "variables": variables,
    }
    return json.dumps(shown, ensure_ascii=False)
