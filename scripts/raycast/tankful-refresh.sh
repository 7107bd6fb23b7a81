#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title Refresh API Usage
# @raycast.mode compact
#
# Optional parameters:
# @raycast.packageName Tankful
# @raycast.icon ../../icons/refresh.png
# @raycast.description Refresh the numbers of all accounts
# @raycast.author Tankful

here=$0; while [ -L "$here" ]; do to=$(readlink "$here"); cd -P "$(dirname "$here")"; here=$to; done
. "$(dirname "$here")/raycast.sh"
one_line refresh --all --brief
