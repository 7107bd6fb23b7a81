"""The secret store of the system, through keyring, which is imported here alone."""

from __future__ import annotations

import configparser
import os
from contextlib import suppress
from typing import Any, Optional

import keyring.errors
from keyring.backend import KeyringBackend
from keyring.util import platform_

from ..errors import Mistake, StoreLocked
from ..i18n.message import Message, _

SERVICE = "Tankful"
WINDOWS_LIMIT = 2560  # bytes of UTF-16 that the Credential Locker takes
_CONFIG = "keyringrc.cfg"
_NO_STORE: Message = _(
    "this system has no secret store; install one, or name one in {file} (default-keyring=…) or PYTHON_KEYRING_BACKEND"
)
_UNLOADABLE: Message = _(
    "{file} names a secret store that cannot be loaded; correct that line or remove it"
)
_TOO_LONG: Message = _(
    "the Windows Credential Locker takes only 1280 characters, and this credential is longer; use the access token alone, or another keyring backend"
)
_LOST: Message = _(
    "the secret store did not keep the credential; name another one in {file} (default-keyring=…) or PYTHON_KEYRING_BACKEND"
)


def backend() -> str:
    """The class of the secret store in use, for a report."""
    try:
        found = _backend()
    except Exception as error:
        return f"none ({type(error).__name__})"
    return f"{type(found).__module__}.{type(found).__qualname__}"


def chooser() -> str:
    """Who chose the secret store in use, for a report: a variable, a file, or keyring itself."""
    if os.environ.get("PYTHON_KEYRING_BACKEND"):
        return "PYTHON_KEYRING_BACKEND"
    told = configparser.RawConfigParser()
    with suppress(configparser.Error, UnicodeError):
        told.read(os.path.join(platform_.config_root(), _CONFIG), encoding="utf-8")
    return _config_file() if told.has_option("backend", "default-keyring") else "keyring"


def _backend() -> KeyringBackend:
    """The secret store, from now on that of keyring's own calls too.

    One that nobody named counts only where keyring itself recommends it. Otherwise the first key goes to a plain file as soon as anything has installed keyrings.alt. The
    limit also holds within a chain of stores, whose own priority says nothing of its links.
    """
    if keyring.core._keyring_backend is None:  # keyring.get_keyring would choose without a limit
        keyring.core.init_backend(keyring.core.recommended)
    return keyring.get_keyring()


def check_fits(told: str) -> None:
    store = type(_asking(_backend)).__module__
    if "Windows" in store and len(told.encode("utf-16-le")) > WINDOWS_LIMIT:
        raise Mistake(_TOO_LONG)


def held(stored: str) -> Optional[str]:
    told: Optional[str] = _asking(lambda: keyring.get_password(SERVICE, stored))
    return told


def put(stored: str, told: str) -> None:
    _asking(lambda: keyring.set_password(SERVICE, stored, told))
    if held(stored) != told:
        raise Mistake(_naming(_LOST, _config_file()))


def deleted(stored: str) -> bool:
    try:
        _backend()
        keyring.delete_password(SERVICE, stored)
    except keyring.errors.PasswordDeleteError:
        return _is_absent(stored)
    except Exception:
        return False
    return True


def _is_absent(stored: str) -> bool:
    try:
        return keyring.get_password(SERVICE, stored) is None
    except Exception:
        return False


def _asking(ask: Any) -> Any:
    """Ask the store. Backends raise what they like, so everything becomes StoreLocked."""
    try:
        _backend()
    except Exception:
        raise StoreLocked(_unusable()) from None
    try:
        return ask()
    except (keyring.errors.NoKeyringError, ImportError, AttributeError):
        raise StoreLocked(_naming(_NO_STORE, _config_file())) from None
    except Exception:
        raise StoreLocked from None


def _unusable() -> Message:
    """Why there is no store at all: who chose one that does not work, or that nobody did."""
    if os.environ.get("PYTHON_KEYRING_BACKEND"):
        return _naming(_UNLOADABLE, "PYTHON_KEYRING_BACKEND")
    chosen = os.path.exists(os.path.join(platform_.config_root(), _CONFIG))
    return _naming(_UNLOADABLE if chosen else _NO_STORE, _config_file())


def _config_file() -> str:
    """Where the user chooses a store, under -IS too; short, and without the name of a home folder."""
    root = "$XDG_CONFIG_HOME" if os.environ.get("XDG_CONFIG_HOME") else "~/.config"
    return f"{root}/python_keyring/{_CONFIG}"


def _naming(message: Message, file: str) -> Message:
    return message.filled(file=file)
