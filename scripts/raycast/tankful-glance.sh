#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title API Usage at a Glance
# @raycast.mode inline
#
# Optional parameters:
# @raycast.packageName Tankful
# @raycast.icon ../../icons/icon.png
# @raycast.description See what is left of every account in one line
# @raycast.author Tankful
# @raycast.refreshTime 5m

here=$0; while [ -L "$here" ]; do to=$(readlink "$here"); cd -P "$(dirname "$here")"; here=$to; done
. "$(dirname "$here")/raycast.sh"
one_line summary --glance
