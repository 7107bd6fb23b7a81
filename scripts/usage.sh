#!/bin/sh
# Starts the Script Filter usage.py. If it prints no answer, Alfred would show nothing at all, so a row says
# what to install: Tankful again, or Python if it is missing, too old or Apple's stub.
python=/usr/bin/python3
"$python" -IS "${0%.sh}.py" "$@" && exit
if "$python" -IS -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    cat "${0%/*}/alfred/damaged.json"
else
    cat "${0%/*}/alfred/no_python.json"
fi
