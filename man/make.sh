#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Writes the manual pages of the program and its commands: what the tables of src/cli say, printed
# by `onnxray help --man`, with what they do not say, from COMMAND.more, put in at its mark.
#
#     sh man/make.sh build/onnxray man
set -eu

[ $# -eq 2 ] || { echo "usage: $0 PROGRAM FOLDER" >&2; exit 2; }
program=$1 folder=$2
here=$(dirname "$0")

# page NAME [COMMAND]
page()
{
    more=$here/${2:-onnxray}.more
    [ -f "$more" ] || more=/dev/null
    # shellcheck disable=SC2086 # no command is no word
    "$program" help --man ${2:-} | sed -e "/^\\.\\\\\" more\$/{
r $more
d
}" > "$folder/$1.1"
}

page onnxray
"$program" help --man | sed -n 's/^\.It Xr onnxray-\([a-z]*\) 1$/\1/p' | while read -r command; do
    page "onnxray-$command" "$command"
done
