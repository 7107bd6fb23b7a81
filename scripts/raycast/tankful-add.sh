#!/bin/bash
# Required parameters:
# @raycast.schemaVersion 1
# @raycast.title Add API Account
# @raycast.mode compact
#
# Optional parameters:
# @raycast.packageName Tankful
# @raycast.icon ../../icons/add.png
# @raycast.description Add an account. Enter its key in a hidden dialog, or take it from the clipboard
# @raycast.author Tankful

here=$0; while [ -L "$here" ]; do to=$(readlink "$here"); cd -P "$(dirname "$here")"; here=$to; done
. "$(dirname "$here")/raycast.sh"
one_line take-in
