# Sourced by demo, test and check: makes the environment $VENV (default .venv) with the project in it.
# Usage: prepare EXTRA   where EXTRA is "" or "[test]". Needs Python 3.9 or newer with venv and pip.

VENV=${VENV:-.venv}

prepare() {
    wanted="$(cksum <pyproject.toml)$1"
    interpreter=$(sed -n '1s/^#!//p' "$VENV/bin/tankful" 2>/dev/null) || interpreter=
    clear=
    if [ ! -x "${interpreter:-/bin/sh}" ]; then  # the folder was moved, and every command in it names the old place
        clear=--clear
    elif [ -x "$VENV/bin/python" ] && grep -qF "$wanted" "$VENV/installed" 2>/dev/null; then  # [test] has all of ""
        return
    fi
    python=${PYTHON:-python3}
    if ! "$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
        echo "Tankful needs Python 3.9 or newer with venv; name it with PYTHON=/path/to/python3" >&2
        exit 1
    fi
    echo "Preparing $VENV with $("$python" --version) …" >&2
    "$python" -m venv $clear "$VENV"
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --editable ".$1"
    echo "$wanted" >>"$VENV/installed"
}
