from __future__ import annotations

import json

from workflow.alfred import text_view

from ..alfred_harness import reference


def test_the_answer_is_one_alfred_takes() -> None:
    told = json.loads(text_view.answer("# 余额\n\n- ¥1", "↩ Copy", next="copy_report"))
    assert reference.violations("textview", told) == []
    assert told["response"] == "# 余额\n\n- ¥1"
    assert (told["footer"], told["variables"]) == ("↩ Copy", {"next": "copy_report"})
    assert told["behaviour"] == {"response": "replace", "scroll": "start"}
