#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title Copy API Usage Summary
# @raycast.mode silent
#
# Optional parameters:
# @raycast.packageName Headroom
# @raycast.icon ../icons/copy.png
# @raycast.description Copy a line for every account

. "$(dirname "${BASH_SOURCE[0]}")/raycast.sh"
one_line summary --copy
