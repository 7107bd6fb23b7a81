#!/bin/sh
# Starts the Script Filter that shows which accounts have enough for what was typed. If it prints no answer,
# a row says what to install: see usage.sh.
python=/usr/bin/python3
folder=${0%/*}
action=fit "$python" -IS "${folder%/*}/usage.py" menu "$@" && exit
if "$python" -IS -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    cat "$folder/damaged.json"
else
    cat "$folder/no_python.json"
fi
