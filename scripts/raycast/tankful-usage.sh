#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title API Usage
# @raycast.mode fullOutput
#
# Optional parameters:
# @raycast.packageName Tankful
# @raycast.icon ../../icons/icon.png
# @raycast.description See what is left of every AI API account
# @raycast.author Tankful

here=$0; while [ -L "$here" ]; do to=$(readlink "$here"); cd -P "$(dirname "$here")"; here=$to; done
. "$(dirname "$here")/raycast.sh"
COLUMNS=100 FORCE_COLOR=1 TERM=xterm-256color tankful list --wait 2>&1
