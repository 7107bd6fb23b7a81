"""The Workflow Configuration: defaults, then prefs.plist, then the values a test sets."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Union

from .failures import UnknownSetting
from .workflow_file import WorkflowFile

Setting = Union[str, bool, int, float]


def settings(
    workflow: WorkflowFile, home: Path, chosen: Mapping[str, Setting] | None = None
) -> dict[str, str]:
    """Return the configuration values and top-level variables as the strings that scripts get."""
    fields = {
        field["variable"]: field for field in workflow.plist.get("userconfigurationconfig", [])
    }
    raw: dict[str, Any] = {name: _default(field) for name, field in fields.items()}
    raw.update({name: value for name, value in _saved(workflow.folder).items() if name in fields})
    for name, value in (chosen or {}).items():
        if name not in fields:
            raise UnknownSetting(f"the Workflow Configuration has no field {name!r}")
        raw[name] = value
    values = {name: _text(fields[name], value, home) for name, value in raw.items()}
    values.update(workflow.plist.get("variables", {}))
    return values


def _default(field: Mapping[str, Any]) -> Any:
    config = field.get("config", {})
    return config.get("defaultvalue" if field["type"] == "slider" else "default", "")


def _saved(folder: Path) -> dict[str, Any]:
    file = folder / "prefs.plist"
    if not file.exists():
        return {}
    saved: dict[str, Any] = plistlib.loads(file.read_bytes())
    return saved


def _text(field: Mapping[str, Any], value: Any, home: Path) -> str:
    kind, config = field["type"], field.get("config", {})
    if kind == "checkbox":
        return "1" if value in (True, "1", "true") else "0"
    text = _number(value) if isinstance(value, (int, float)) else str(value)
    if kind == "popupbutton":
        _check_choice(field["variable"], text, config.get("pairs", []))
    if kind == "slider" and not config["minvalue"] <= float(value) <= config["maxvalue"]:
        raise UnknownSetting(f"{field['variable']} cannot be {text}: the slider ends before it")
    if kind == "filepicker" and text.startswith("~"):
        return str(home) + text[1:]
    return text.strip() if config.get("trim") else text


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _check_choice(name: str, value: str, pairs: list[list[str]]) -> None:
    offered = [choice for _, choice in pairs]
    if value not in offered:
        raise UnknownSetting(f"{name} cannot be {value!r}: the popup offers {offered}")
