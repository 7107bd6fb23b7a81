"""The system's secret store, by keyring, which only this module imports."""

from __future__ import annotations

import importlib
import operator
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import Mistake, StoreLocked
from ..i18n.message import Message, _
from ..storage import files
from ..system import lazy_imports

# keyring uses these to read which store was chosen, to find stores, and in functions we do not call
lazy_imports.put_off(
    "configparser", "importlib.metadata", "importlib_metadata", "more_itertools", "urllib.request"
)
_TARFILE = "tarfile" if sys.version_info >= (3, 12) else "backports.tarfile"
with lazy_imports.stand_ins({_TARFILE: ("data_filter",), "pathlib": (), "shutil": ("rmtree",)}):
    import keyring.errors
from keyring.util import platform_  # noqa: E402

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "Tankful"
WINDOWS_LIMIT = 2560  # bytes of UTF-16 that the Credential Locker accepts
_CONFIG = "keyringrc.cfg"
_SECURITY = "/System/Library/Frameworks/Security.framework/Security"
_ASKING = (  # methods of keyring's backends that show a dialog: module, class, method
    ("SecretService", "secretstorage.Collection", "unlock"),
    ("SecretService", "secretstorage.Item", "unlock"),
)
_PERHAPS = (  # methods that may show one, which cannot be known before
    ("kwallet", "DBusKeyring", "connected"),
    ("libsecret", "Keyring", "get_password"),
    ("libsecret", "Keyring", "set_password"),
)
_NO_STORE: Message = _(
    "this system has no secret store; install gnome-keyring or KeePassXC, or name another one (a file: "
    "keyrings.alt, from pip or pipx inject tankful keyrings.alt) in {file} (default-keyring=…) or "
    "PYTHON_KEYRING_BACKEND"
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
    """Return the class of the secret store in use, for a report."""
    try:
        store = _backend()
    except Exception as error:
        return f"none ({type(error).__name__})"
    return f"{type(store).__module__}.{type(store).__qualname__}"


def fault() -> Message | None:
    """Return the message that there is no usable store; None if there is one, even if it is locked."""
    try:
        store = _backend()
    except Exception:
        return _unusable()
    is_none = type(store).__module__ == "keyring.backends.fail"
    return _NO_STORE.filled(file=_config_file()) if is_none else None


def chooser() -> str:
    """Return what chose the secret store in use, for a report: a variable, a file, or "keyring"."""
    if os.environ.get("PYTHON_KEYRING_BACKEND"):
        return "PYTHON_KEYRING_BACKEND"
    import configparser

    config = configparser.RawConfigParser()
    with suppress(configparser.Error, UnicodeError):
        config.read(os.path.join(platform_.config_root(), _CONFIG), encoding="utf-8")
    return _config_file() if config.has_option("backend", "default-keyring") else "keyring"


def _backend() -> KeyringBackend:
    """Return the secret store, and make it the one of keyring's own functions.

    Unless the user chose a store, only those that keyring recommends count. Otherwise the first key would go
    to a plain file as soon as anything has installed keyrings.alt. The limit also applies to the stores of a
    chain, whose own priority says nothing about them.
    """
    if keyring.core._keyring_backend is None:  # keyring.get_keyring would choose without this limit
        keyring.core.init_backend(keyring.core.recommended)
    return keyring.get_keyring()


@contextmanager
def _turn(*, shared: bool = False) -> Iterator[None]:
    """Keep others from a store that is not keyring's own while it is used.

    Such a store may be one file that is read and written as a whole, without a lock, as those of keyrings.alt
    are: of two writers at once one loses what the other wrote. Raises StoreLocked if another does not finish.
    """
    with ExitStack() as held:
        if not type(_backend()).__module__.startswith("keyring.backends."):
            path = files.in_data("secrets.lock")
            try:
                with suppress(OSError):  # there can be no lock, and so no accounts.json either
                    held.enter_context(files.lock(path, shared=shared))
            except Mistake as error:
                raise StoreLocked(error.message) from None
        yield


def forbid_dialogs() -> None:
    """Prevent all stores from showing dialogs in this process; they count as locked instead."""
    if sys.platform == "darwin":
        _silence_macos()
    for places, instead in ((_ASKING, _stay_locked), (_PERHAPS, _refuse)):
        for module, kind, method in places:
            with suppress(Exception):  # this system does not have the store
                asking = importlib.import_module(f"keyring.backends.{module}")
                setattr(operator.attrgetter(kind)(asking), method, instead)


def _silence_macos() -> None:
    """Make the keychain fail with errSecInteractionNotAllowed instead of showing a dialog."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(_SECURITY).SecKeychainSetUserInteractionAllowed(0)


def _stay_locked(*_: object, **__: object) -> bool:
    return True  # as if the user had dismissed the dialog


def _refuse(*_: object, **__: object) -> NoReturn:
    raise keyring.errors.KeyringLocked("nobody is there to unlock it")


def check_fits(text: str) -> None:
    """Raise Mistake if a text is too long for the store, StoreLocked if there is none."""
    store = type(_call(_backend)).__module__
    if "Windows" in store and len(text.encode("utf-16-le")) > WINDOWS_LIMIT:
        raise Mistake(_TOO_LONG)


def get(stored: str) -> str | None:
    """Return the text of this name, None if there is none. Raises StoreLocked."""

    def ask() -> str | None:
        with _turn(shared=True):
            return keyring.get_password(SERVICE, stored)

    text: str | None = _call(ask)
    return text


def put(stored: str, text: str) -> None:
    """Store a text under a name. Raises StoreLocked, and Mistake if the store did not keep it."""

    def ask() -> None:
        with _turn():
            keyring.set_password(SERVICE, stored, text)

    _call(ask)
    if get(stored) != text:
        raise Mistake(_LOST.filled(file=_config_file()))


def delete(stored: str) -> bool:
    """Delete the text of this name. Returns whether it is gone."""
    try:
        with _turn():
            keyring.delete_password(SERVICE, stored)
    except keyring.errors.PasswordDeleteError:
        with suppress(StoreLocked):
            return get(stored) is None
        return False
    except Exception:
        return False
    return True


def _call(ask: Any) -> Any:
    """Call keyring. Backends raise all kinds of exceptions; each becomes StoreLocked."""
    try:
        _backend()
    except Exception:
        raise StoreLocked(_unusable()) from None
    try:
        return ask()
    except StoreLocked:
        raise
    except (keyring.errors.NoKeyringError, ImportError, AttributeError):
        raise StoreLocked(_NO_STORE.filled(file=_config_file())) from None
    except Exception:
        raise StoreLocked from None


def _unusable() -> Message:
    """Make the message that there is no usable store: a chosen one does not work, or there is none."""
    if os.environ.get("PYTHON_KEYRING_BACKEND"):
        return _UNLOADABLE.filled(file="PYTHON_KEYRING_BACKEND")
    chosen = os.path.exists(os.path.join(platform_.config_root(), _CONFIG))
    return (_UNLOADABLE if chosen else _NO_STORE).filled(file=_config_file())


def _config_file() -> str:
    """Return the file in which the user chooses a store, without the name of the home folder."""
    root = "$XDG_CONFIG_HOME" if os.environ.get("XDG_CONFIG_HOME") else "~/.config"
    return f"{root}/python_keyring/{_CONFIG}"
