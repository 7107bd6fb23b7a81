"""Secret stores for the tests and the demo: in a file, locked, empty. Never for real use."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from typing import Dict, Iterator, Optional

import keyring.errors
from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Keeps secrets in the file that ``TANKFUL_TEST_KEYRING`` names, and logs what is asked."""

    priority = 1

    @property
    def _path(self) -> str:
        return os.environ["TANKFUL_TEST_KEYRING"]

    @contextmanager
    def _held(self) -> Iterator[Dict[str, str]]:
        with open(f"{self._path}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                with open(self._path, encoding="utf-8") as file:
                    known: Dict[str, str] = json.load(file)
            except FileNotFoundError:
                known = {}
            before = dict(known)
            yield known
            if known != before:
                with open(f"{self._path}.new", "w", encoding="utf-8") as file:
                    json.dump(known, file)
                os.replace(f"{self._path}.new", self._path)

    def _log(self, verb: str, name: str) -> None:
        with open(f"{self._path}.log", "a", encoding="utf-8") as file:
            file.write(f"{verb} {name}\n")

    def get_password(self, service: str, username: str) -> Optional[str]:
        self._log("get", username)
        with self._held() as known:
            return known.get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._log("set", username)
        with self._held() as known:
            known[f"{service}/{username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        self._log("delete", username)
        with self._held() as known:
            if known.pop(f"{service}/{username}", None) is None:
                raise keyring.errors.PasswordDeleteError("not there")


class LockedKeyring(KeyringBackend):
    """A store whose owner refuses."""

    priority = 1

    def get_password(self, service: str, username: str) -> Optional[str]:
        raise keyring.errors.KeyringLocked("refused")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("refused")

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.KeyringLocked("refused")


class ForgetfulKeyring(KeyringBackend):
    """A store that keeps nothing and says nothing."""

    priority = 1

    def get_password(self, service: str, username: str) -> Optional[str]:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        return None

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.PasswordDeleteError("not there")


class ReadOnlyKeyring(FileKeyring):
    """A store that is asked over SSH: it reads, and refuses whatever is written."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.PasswordSetError("Can't store password on keychain: (-25308)")


class ShorteningKeyring(FileKeyring):
    """A store that keeps the beginning of what it is given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:1000])
