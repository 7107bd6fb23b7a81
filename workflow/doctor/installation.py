"""What is installed and where: version, packages, folders, secret store, proxy and certificates."""

from __future__ import annotations

import os
import platform
import ssl
import sys
from collections.abc import Iterator
from importlib import metadata

from .. import __version__, paths
from ..credentials import keychain as credentials
from ..storage import json_codec
from ..system import builds, network

PACKAGES = ("click", "httpx", "h11", "keyring", "diskcache", "mistune", "orjson", "rich")
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")
Line = tuple[str, str]


def report() -> Iterator[Line]:
    """List the versions, for the report."""
    macos, machine = platform.mac_ver()[0], platform.machine()
    build = builds.current()  # which tells bundles of one version apart
    yield "version", f"{__version__}, {f'bundle {build}' if build else 'no bundle'}"
    yield "python", f"{platform.python_version()} at {sys.executable}"
    kernel = f"{platform.system()} {platform.release()} {machine}"
    yield "system", f"macOS {macos} ({kernel})" if macos else kernel
    yield "launcher", os.environ.get("alfred_version", "none (shell or Raycast)")
    yield "tls", ssl.OPENSSL_VERSION
    yield "json", "orjson" if json_codec.fast() else "json"
    carried = _bundled()
    for package in PACKAGES:
        yield package, carried.get(package) or _installed(package)


def places() -> Iterator[Line]:
    """List folders, secret store and network variables, for the report; of variables only the names."""
    environ = os.environ
    yield "installation", paths.root()
    yield "data", paths.data(environ)
    yield "cache", paths.cache(environ)
    yield "secret store", f"{credentials.backend()}, chosen by {credentials.chooser()}"
    yield "loopback", "set" if environ.get("TANKFUL_LOOPBACK") else "not set"
    for what, names in (("proxy", _PROXIES), ("certificate", network.AUTHORITIES)):
        there = [name for name in names if environ.get(name) or environ.get(name.lower())]
        yield f"{what} variables", ", ".join(there) or "none"


def _bundled() -> dict[str, str]:
    """Read the versions of the bundled packages from the names of their licence folders."""
    try:
        names = os.listdir(os.path.join(paths.root(), "lib", "licenses"))
    except OSError:
        return {}
    return {name: version for name, _, version in (folder.rpartition("-") for folder in names)}


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
