#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title Refresh API Usage
# @raycast.mode compact
#
# Optional parameters:
# @raycast.packageName Headroom
# @raycast.icon ../icons/refresh.png
# @raycast.description Ask all providers now

. "$(dirname "${BASH_SOURCE[0]}")/raycast.sh"
one_line refresh --all --brief
