#!/bin/sh
# Starts the Script Filter of the same name. Where Python is missing, or Apple's stub stands in its place,
# rows say what to install: of a script without an answer a launcher shows nothing at all.
/usr/bin/python3 -IS "${0%.sh}.py" "$@" || cat "${0%/*}/no_python.json"
