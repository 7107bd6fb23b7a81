#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title Copy API Usage Summary
# @raycast.mode silent
#
# Optional parameters:
# @raycast.packageName Tankful
# @raycast.icon ../../icons/copy.png
# @raycast.description Copy a line for every account

here=$0; while [ -L "$here" ]; do to=$(readlink "$here"); cd -P "$(dirname "$here")"; here=$to; done
. "$(dirname "$here")/raycast.sh"
one_line summary --copy
