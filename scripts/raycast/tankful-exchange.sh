#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title Renew ChatGPT Sessions
# @raycast.mode compact
#
# Optional parameters:
# @raycast.packageName Tankful
# @raycast.icon ../../icons/refresh.png
# @raycast.description Exchange every ChatGPT session for a new access token
# @raycast.author Tankful

here=$0; while [ -L "$here" ]; do to=$(readlink "$here"); cd -P "$(dirname "$here")"; here=$to; done
. "$(dirname "$here")/raycast.sh"
one_line exchange --brief
