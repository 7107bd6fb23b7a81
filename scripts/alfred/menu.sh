#!/bin/sh
# Starts the Script Filter of the submenus. If it prints no answer, a row says what to install: see usage.sh.
python=/usr/bin/python3
folder=${0%/*}
"$python" -IS "${folder%/*}/usage.py" menu && exit
if "$python" -IS -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    cat "$folder/damaged.json"
else
    cat "$folder/no_python.json"
fi
