"""Secret stores for the tests and the demo: a file, and stores that fail in some way. Never for real use."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import keyring.errors
from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Keeps secrets in the file that ``TANKFUL_TEST_KEYRING`` names, and logs every call beside it."""

    priority = 1

    @property
    def _path(self) -> str:
        return os.environ["TANKFUL_TEST_KEYRING"]

    @contextmanager
    def _held(self) -> Iterator[dict[str, str]]:
        with open(f"{self._path}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                with open(self._path, encoding="utf-8") as file:
                    known: dict[str, str] = json.load(file)
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

    def get_password(self, service: str, username: str) -> str | None:
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
    """A locked store whose owner refuses to unlock it."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("refused")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("refused")

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.KeyringLocked("refused")


class ForgetfulKeyring(KeyringBackend):
    """A store that silently keeps nothing."""

    priority = 1

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        return None

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.PasswordDeleteError("not there")


class ReadOnlyKeyring(FileKeyring):
    """A store as it behaves over SSH: it can be read, and every write fails."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.PasswordSetError("Can't store password on keychain: (-25308)")


class ShorteningKeyring(FileKeyring):
    """A store that keeps only the first 1000 characters of a secret."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:1000])


class CarelessKeyring(KeyringBackend):
    """Reads and writes its whole file at each call without a lock, as the stores of keyrings.alt do."""

    priority = 1

    def _read(self) -> dict[str, str]:
        try:
            with open(os.environ["TANKFUL_TEST_KEYRING"], encoding="utf-8") as file:
                return dict(json.load(file))
        except (FileNotFoundError, ValueError):
            return {}

    def _write(self, known: dict[str, str]) -> None:
        time.sleep(0.002)
        with open(os.environ["TANKFUL_TEST_KEYRING"], "w", encoding="utf-8") as file:
            json.dump(known, file)

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._read(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        known = self._read()
        if known.pop(f"{service}/{username}", None) is None:
            raise keyring.errors.PasswordDeleteError("not there")
        self._write(known)


class HeldKeyring(FileKeyring):
    """A store that does not write as long as there is a file beside it, see ``hold``."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if os.path.exists(hold()):
            self._log("wait", username)
        while os.path.exists(hold()):
            time.sleep(0.01)
        super().set_password(service, username, password)


def hold() -> str:
    """Return the path of the file that makes ``HeldKeyring`` wait."""
    return f"{os.environ['TANKFUL_TEST_KEYRING']}.hold"
