# Sourced by the Raycast commands: `tankful …` runs a verb of this installation, without a shell profile.
# /usr/bin/python3 is what Alfred uses too, so the keychain knows it; a checkout prefers its own .venv.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=/usr/bin/python3
if [ ! -d "$root/lib" ] && [ -x "$root/.venv/bin/python" ]; then
    python=$root/.venv/bin/python
fi

tankful() {
    if ! "$python" -IS -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; then
        tell "Tankful needs Python 3.9 or newer, which Apple's Command Line Tools bring: accept macOS's offer to install them, or run xcode-select --install" \
            "Tankful 需要 Python 3.9 或更新版本，由 Apple 命令行工具提供：请接受系统弹出的安装提示，或运行 xcode-select --install"
        return 1
    fi
    "$python" -IS "$root/scripts/tankful.py" "$@"
}

one_line() {  # whatever a verb prints, Raycast shows one line of it
    local told code
    told=$(tankful "$@" 2>&1)
    code=$?
    printf '%s\n' "${told##*$'\n'}"
    return $code
}

tell() {  # in the language of the system, of which launchers pass on nothing
    local chosen=${TANKFUL_LANGUAGE#[Aa][Uu][Tt][Oo]} language
    language=$(defaults read -g AppleLanguages 2>/dev/null | tr -d ' "(\n')
    case ${chosen:-${language:-${LC_ALL:-${LC_MESSAGES:-$LANG}}}} in
        zh*) echo "$2" ;;
        *) echo "$1" ;;
    esac
}
