"""Read the system's preferences: language and 12/24 h clock.

On macOS they are the global preferences, which launchers do not pass on as variables; elsewhere the locale.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

_TWELVE = ("en_US", "en_CA", "en_AU", "en_NZ", "en_IN", "en_PH", "zh_TW", "ko_KR", "hi_IN")


def language(environ: Mapping[str, str], known: Iterable[str]) -> str:
    """Return the system's first language if it is one of ``known``, otherwise "en"."""
    preferred = _preferences(environ).get("AppleLanguages")
    first = preferred[0] if isinstance(preferred, list) and preferred else locale(environ)
    return next((code for code in known if str(first).lower().startswith(code)), "en")


def hours24(environ: Mapping[str, str]) -> bool:
    """Tell whether the clock has 24 hours."""
    preferred = _preferences(environ)
    if preferred.get("AppleICUForce24HourTime"):
        return True
    if preferred.get("AppleICUForce12HourTime"):
        return False
    return not str(preferred.get("AppleLocale") or locale(environ, "LC_TIME")).startswith(_TWELVE)


def locale(environ: Mapping[str, str], category: str = "LC_MESSAGES") -> str:
    """Return the locale that the environment sets for this category; "" if none."""
    for name in ("LC_ALL", category, "LANG"):
        if environ.get(name):
            return environ[name]
    return ""


def _preferences(environ: Mapping[str, str]) -> dict[str, Any]:
    if sys.platform != "darwin":
        return {}
    import plistlib

    path = os.path.join(environ.get("HOME", ""), "Library/Preferences/.GlobalPreferences.plist")
    try:
        with open(path, "rb") as file:
            preferences = plistlib.load(file)
    except Exception:  # plistlib raises many different exceptions for a damaged file
        return {}
    return preferences if isinstance(preferences, dict) else {}
