#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title Copy API Usage Summary
# @raycast.mode silent
#
# Optional parameters:
# @raycast.packageName Tankful
# @raycast.icon ../../icons/copy.png
# @raycast.description Copy one line per account to the clipboard
# @raycast.author Tankful

here=$0; while [ -L "$here" ]; do to=$(readlink "$here"); cd -P "$(dirname "$here")"; here=$to; done
. "$(dirname "$here")/raycast.sh"
one_line summary --copy
