#!/bin/sh
# Starts the Script Filter of the same name. A launcher shows nothing at all of a script without an answer, so
# rows say what to install: Tankful again, or Python where it is missing, too old or Apple's stub.
python=/usr/bin/python3
"$python" -IS "${0%.sh}.py" "$@" && exit
if "$python" -IS -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    cat "${0%/*}/damaged.json"
else
    cat "${0%/*}/no_python.json"
fi
