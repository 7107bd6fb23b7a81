# Sourced by the Raycast commands: `headroom …` runs a verb of this installation, without a shell profile.
# /usr/bin/python3 is what Alfred uses too, so the keychain knows it; a checkout prefers its own .venv.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
python=/usr/bin/python3
if [ ! -d "$root/lib" ] && [ -x "$root/.venv/bin/python" ]; then
    python=$root/.venv/bin/python
fi

headroom() {
    if ! "$python" -IS -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
        echo "Headroom needs Python 3.9 or newer: run xcode-select --install"
        return 1
    fi
    "$python" -IS "$here/headroom.py" "$@"
}

one_line() {  # whatever a verb prints, Raycast shows one line of it
    local told code
    told=$(headroom "$@" 2>&1)
    code=$?
    printf '%s\n' "${told##*$'\n'}"
    return $code
}
