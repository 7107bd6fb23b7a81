#!/usr/bin/python3 -IS
"""The launcher's Text Views: where numbers come from, the report, the guide.

The variable ``action`` names the text. The answer is the JSON of a Text View; its ``next`` is the action of ↩.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: make our packages importable
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 3)[0])
    from scripts import bootstrap

    bootstrap.prepare()
    from workflow.system import lazy_imports

    lazy_imports.put_off_rare()

import os
from collections.abc import Mapping
from typing import Callable

from scripts.alfred import action
from scripts.alfred.request import Request
from workflow import settings as preferences
from workflow.alfred import menu, text_view
from workflow.i18n.catalog import say, speaking
from workflow.i18n.message import Message, _
from workflow.models import utc_now

COPY = _("↩ Copy · esc Back")
OPEN = _("↩ Open in the browser · esc Back")
BACK = _("esc Back")


def main() -> None:
    """Print the text named by the variables. Always succeeds."""
    sys.stdout.buffer.write(answer(os.environ).encode("utf-8", "replace"))


def answer(variables: Mapping[str, str]) -> str:
    """Return the text named by these variables, or the error that prevents it."""
    try:
        settings = preferences.load()
        with speaking(settings.translation):
            name = variables.get("action", "")
            make = VIEWS.get(name)
            if make is None:
                return text_view.answer(say(menu.UNKNOWN, action=name[:40]), say(BACK), next="list")
            footer, then, text = make[0], make[1], make[2](Request(variables, "", settings))
            return text_view.answer(text, say(footer), next=then)
    except Exception as error:  # a launcher does not show stderr
        return text_view.answer(action.explain(error), "esc", next="list")


def _diagnostics(request: Request) -> str:
    from workflow.doctor import report

    return report.report(utc_now())


def _guide(request: Request) -> str:
    from workflow.guide import guide

    return guide.text(request["provider"])


VIEWS: dict[str, tuple[Message, menu.Action, Callable[[Request], str]]] = {
    "explain": (COPY, "copy_explanation", action.explanation),
    "diagnostics": (COPY, "copy_report", _diagnostics),
    "read": (OPEN, "open_guide", _guide),
}
NAMES: list[str] = list(VIEWS)


if __name__ == "__main__":
    main()
