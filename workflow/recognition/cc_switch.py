"""Reads cc-switch's settings of each service that its user switches between.

Since version 3.8 they are in an SQLite database: the table ``providers`` with ``name`` and
``settings_config``, a JSON text in the form of Claude Code's or Codex's settings. Before, they were in
config.json: ``{"claude": {"providers": {ID: {"name": …, "settingsConfig": {…}}}}}``, in the oldest versions
without the name of the program. The database is read without a lock, so anything that cc-switch is just
writing is missed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ..provider.reading import mapping, text
from ..storage import json_codec

DATABASE, FILE = "cc-switch.db", "config.json"
_MOST = 200  # services that are read
_LONGEST = 64 * 1024  # characters of one service's settings


class Service(NamedTuple):
    """One service: the name that its user gave it, and its settings, which may contain a key."""

    file: str  # in the folder of cc-switch
    name: str
    settings: str

    def __repr__(self) -> str:
        return f"Service({self.name!r})"


def services(folder: str, config: str = "") -> list[Service]:
    """Read the services in the database of cc-switch's folder, and in the text of its config.json.

    A file that is missing or cannot be read has none.
    """
    return [*_in_database(os.path.join(folder, DATABASE)), *_in_file(config)]


def _in_file(config: str) -> list[Service]:
    document = mapping(json_codec.parsed(config))
    programs = [document, *map(mapping, document.values())]
    entries = [
        mapping(entry)
        for program in programs
        for entry in mapping(program.get("providers")).values()
    ]
    return [
        Service(FILE, text(entry.get("name"), 40) or "?", settings)
        for entry in entries[:_MOST]
        for settings in [_written(mapping(entry.get("settingsConfig")))]
        if settings
    ]


def _written(settings: Mapping[str, Any]) -> str:
    """Write settings as JSON; "" if there are none, or they are nested too deeply."""
    try:
        return json_codec.dumps(settings).decode() if settings else ""
    except ValueError:
        return ""


def _in_database(path: str) -> list[Service]:
    if not os.path.isfile(path):
        return []
    import sqlite3  # most users do not have cc-switch

    query = "SELECT name, settings_config FROM providers WHERE length(settings_config) <= ? LIMIT ?"
    try:
        database = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)
        try:
            rows = database.execute(query, (_LONGEST, _MOST)).fetchall()
        finally:
            database.close()
    except (sqlite3.Error, ValueError, OverflowError):
        return []
    return [
        Service(DATABASE, text(name, 40) or "?", settings)
        for name, settings in rows
        if isinstance(settings, str)
    ]
