# Sourced by the Raycast commands: `tankful …` runs a verb of this installation, without a shell profile.
# /usr/bin/python3 is what Alfred uses too, so the keychain knows it. A checkout prefers its own .venv, and an
# installation by uv, pipx or pip the Python of its environment.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export TANKFUL_LAUNCHER=raycast  # so that sentences name Raycast's commands
python=/usr/bin/python3
own=$root/.venv/bin/python
case $root in
    */site-packages/*) own=${root%/lib/*/site-packages/*}/bin/python ;;
esac
if [ ! -d "$root/lib" ] && [ -x "$own" ]; then
    python=$own
fi

tankful() {
    if ! "$python" -IS -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
        tell "Tankful needs Python 3.9 or newer, which Apple's Command Line Tools bring: accept macOS's offer to install them, or run xcode-select --install" \
            "Tankful 需要 Python 3.9 或更高版本，由 Apple 命令行开发者工具提供：请接受系统弹出的安装提示，或运行 xcode-select --install"
        return 1
    fi
    "$python" -IS "$root/scripts/tankful.py" "$@"
}

one_line() {  # prints the last line of a verb's output, since Raycast shows only one
    local output code
    output=$(tankful "$@" 2>&1)
    code=$?
    printf '%s\n' "${output##*$'\n'}"
    return $code
}

tell() {  # in the system's language, which launchers do not pass on
    local chosen=${TANKFUL_LANGUAGE#[Aa][Uu][Tt][Oo]} language
    language=$(defaults read -g AppleLanguages 2>/dev/null | tr -d ' "(\n')
    case ${chosen:-${language:-${LC_ALL:-${LC_MESSAGES:-$LANG}}}} in
        zh*) echo "$2" ;;
        *) echo "$1" ;;
    esac
}
