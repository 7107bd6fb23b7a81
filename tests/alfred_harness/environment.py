"""The environment that Alfred gives to a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from .workflow_file import WorkflowFile

PATH = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def base(home: Path, path: Iterable[Path | str], extra: Mapping[str, str]) -> dict[str, str]:
    """Return the small environment of a process that a macOS app starts, with *extra*, and *path* before the PATH."""
    return {
        "HOME": str(home),
        "USER": "tester",
        "LOGNAME": "tester",
        "SHELL": "/bin/zsh",
        "TMPDIR": str(home / "tmp") + "/",
        **extra,
        "PATH": ":".join([*map(str, path), PATH]),
    }


def prepopulated(workflow: WorkflowFile, home: Path, debug: bool = False) -> dict[str, str]:
    """Return the alfred_* variables, except the keyword, which only some runs have."""
    support = home / "Library" / "Application Support" / "Alfred"
    values = {
        "alfred_preferences": str(support / "Alfred.alfredpreferences"),
        "alfred_preferences_localhash": "adbd4f66bc3ae8493832af61a41ee609b20d8705",
        "alfred_theme": "theme.bundled.default",
        "alfred_theme_background": "rgba(255,255,255,0.98)",
        "alfred_theme_selection_background": "rgba(255,255,255,0.98)",
        "alfred_theme_subtext": "3",
        "alfred_version": "5.7.3",
        "alfred_version_build": "2320",
        "alfred_workflow_bundleid": workflow.bundleid,
        "alfred_workflow_name": str(workflow.plist.get("name", "")),
        "alfred_workflow_description": str(workflow.plist.get("description", "")),
        "alfred_workflow_version": str(workflow.plist.get("version", "")),
        "alfred_workflow_uid": workflow.folder.name,
    }
    if workflow.bundleid:
        caches = home / "Library" / "Caches" / "com.runningwithcrayons.Alfred"
        values["alfred_workflow_data"] = str(support / "Workflow Data" / workflow.bundleid)
        values["alfred_workflow_cache"] = str(caches / "Workflow Data" / workflow.bundleid)
    if debug:
        values["alfred_debug"] = "1"
    return values
