"""What the system prefers: language and 12/24 h clock.

On macOS the global preferences, which launchers do not pass on as variables; elsewhere the locale.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, Iterable, Mapping

_TWELVE = ("en_US", "en_CA", "en_AU", "en_NZ", "en_IN", "en_PH", "zh_TW", "ko_KR", "hi_IN")


def language(environ: Mapping[str, str], known: Iterable[str]) -> str:
    """The first language of the system when it is one of those that are known, otherwise "en"."""
    preferred = _preferences(environ).get("AppleLanguages")
    first = preferred[0] if isinstance(preferred, list) and preferred else locale(environ)
    return next((code for code in known if str(first).lower().startswith(code)), "en")


def hours24(environ: Mapping[str, str]) -> bool:
    """Whether clock times run to 24."""
    told = _preferences(environ)
    if told.get("AppleICUForce24HourTime"):
        return True
    if told.get("AppleICUForce12HourTime"):
        return False
    return not str(told.get("AppleLocale") or locale(environ, "LC_TIME")).startswith(_TWELVE)


def locale(environ: Mapping[str, str], category: str = "LC_MESSAGES") -> str:
    """The locale that the variables name for this category."""
    for name in ("LC_ALL", category, "LANG"):
        if environ.get(name):
            return environ[name]
    return ""


def _preferences(environ: Mapping[str, str]) -> Dict[str, Any]:
    if sys.platform != "darwin":
        return {}
    import plistlib

    path = os.path.join(environ.get("HOME", ""), "Library/Preferences/.GlobalPreferences.plist")
    try:
        with open(path, "rb") as file:
            found = plistlib.load(file)
    except Exception:  # plistlib meets damage with nearly every exception there is
        return {}
    return found if isinstance(found, dict) else {}
