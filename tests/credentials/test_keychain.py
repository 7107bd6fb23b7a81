"""A process without dialogs of the secret store."""

from __future__ import annotations

import ctypes
import importlib
import sys
from typing import Any

import keyring.errors
import pytest

from workflow.credentials import keychain


class Security:
    """Stands in for the Security framework of a Mac, and records the calls."""

    def __init__(self) -> None:
        self.told: list[int] = []

    def SecKeychainSetUserInteractionAllowed(self, allowed: int) -> int:
        self.told.append(allowed)
        return 0


@pytest.fixture(autouse=True)
def _mended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore the methods of keyring's stores after the test."""
    for module, kind, method in (*keychain._ASKING, *keychain._PERHAPS):
        found: Any = importlib.import_module(f"keyring.backends.{module}")
        for part in kind.split("."):
            found = getattr(found, part, None)
        if found is not None and hasattr(found, method):
            monkeypatch.setattr(found, method, getattr(found, method))


def test_a_mac_is_told_once_for_the_whole_process(monkeypatch: pytest.MonkeyPatch) -> None:
    security = Security()
    asked: list[str] = []
    monkeypatch.setattr(sys, "platform", "darwin")

    def load(path: str) -> Security:
        asked.append(path)
        return security

    monkeypatch.setattr(ctypes, "CDLL", load)
    keychain.forbid_dialogs()
    assert security.told == [0]
    assert asked == ["/System/Library/Frameworks/Security.framework/Security"]


def test_a_mac_without_the_framework_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    keychain.forbid_dialogs()


def test_stores_that_cannot_say_whether_they_would_ask_count_as_locked() -> None:
    keychain.forbid_dialogs()
    for module, kind, method in keychain._PERHAPS:
        ask = getattr(getattr(importlib.import_module(f"keyring.backends.{module}"), kind), method)
        with pytest.raises(keyring.errors.KeyringLocked):
            ask(None, "Tankful")
