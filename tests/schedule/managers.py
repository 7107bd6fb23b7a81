"""Runs a separate user manager of systemd: in its own mount and cgroup namespaces, and with a home of its own."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import ROOT

_PLACES = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")
_BEGIN = """
set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system /run/user/own
chmod 700 /run/user/own
mount -t cgroup2 cgroup2 /sys/fs/cgroup
export XDG_RUNTIME_DIR=/run/user/own
{manager} --user >/dev/null 2>&1 &
manager=$!
trap 'kill $manager; wait $manager' EXIT
tries=0
until systemctl --user show-environment >/dev/null 2>&1; do
    tries=$((tries + 1)); [ $tries -lt 100 ] || exit 99; sleep 0.1
done
set +e
"""


@functools.cache
def missing() -> str:
    """Say why no such manager can run here; "" if it can."""
    lacking = [name for name in ("systemctl", "unshare") if not shutil.which(name)]
    if lacking or not _manager():
        return f"not installed: {', '.join(lacking or ['systemd'])} (apt-get install systemd)"
    if os.geteuid():
        return "a namespace for systemd takes root"
    try:
        done = run("true", {"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
    except (
        subprocess.TimeoutExpired
    ):  # skip all the same: workers that collect different tests would end the run
        return "systemd does not start here within 90 s"
    return "" if done.returncode == 0 else f"systemd does not start here: {done.stderr[-80:]}"


def run(script: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a bash script beside the manager; both get these variables."""
    whole = _BEGIN.format(manager=_manager()) + script
    command = ["unshare", "--mount", "--cgroup", "bash", "-c", whole]
    return subprocess.run(
        command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )


def _manager() -> str:
    return next((place for place in _PLACES if Path(place).exists()), "")
