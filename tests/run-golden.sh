#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Replays the transcripts of tests/golden: what somebody types, and what the real program answers.
#
#     # A missing file names itself and says why.
#     $ onnxray none.onnx
#     onnxray: none.onnx: No such file or directory
#     [3]
#
# Lines that begin with "# " comment, "$ " is a command, "[3]" its exit code when it is not 0, and
# all else what it prints, errors included, in the order of writing. An output line that would read
# as one of these, or ends the output with an empty line, has a backslash before it. Empty lines
# before a comment or a command are for looks.
#
# Each transcript runs in an empty folder where samples/ has the compiled samples, with onnxray in
# the PATH, a UTF-8 locale, and no terminal. Commands of one transcript share that folder.
#
#     B=build sh tests/run-golden.sh [TRANSCRIPT...]     UPDATE=1 rewrites them: read the diff
#
# The last line is "N passed, N failed".
set -u

here=$(cd "$(dirname "$0")" && pwd)
B=$(cd "${B:-build}" && pwd) || exit 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT HUP TERM

PATH=$B:$PATH
LC_ALL=C.UTF-8
TERM=dumb
export PATH LC_ALL TERM
unset COLUMNS LINES NO_COLOR PAGER ONNXRAY_PAGER ASAN_OPTIONS

[ $# -gt 0 ] || set -- "$here"/golden/*.t
passed=0 failed=0

# Runs one command; prints its output as a transcript has it.
answer()
{
    (cd "$folder" && sh -c "$1" </dev/null >"$scratch/raw" 2>&1)
    code=$?
    LC_ALL=C awk '
        /^(#( |$)|\$ |\\)/ || /^\[[0-9]+\]$/ { $0 = "\\" $0 }
        { line[NR] = $0 }
        END {
            if (NR && line[NR] == "")
                line[NR] = "\\"
            for (i = 1; i <= NR; i++)
                print line[i]
        }' "$scratch/raw"
    if [ -s "$scratch/raw" ] && [ "$(tail -c 1 "$scratch/raw" | od -An -c | tr -d ' ')" != '\n' ]; then
        echo '\(no newline)'
    fi
    [ "$code" -eq 0 ] || echo "[$code]"
}

# Keeps comments, commands and empty lines of a transcript, and answers the commands anew.
replay()
{
    gap=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '# '* | '#') printf '%s%s\n' "$gap" "$line"; gap= ;;
        '$ '*) printf '%s%s\n' "$gap" "$line"; gap=; answer "${line#'$ '}" ;;
        '') gap='
' ;;
        *) gap= ;;
        esac
    done < "$1"
}

for transcript; do
    name=$(basename "$transcript" .t)
    folder=$scratch/$name
    mkdir "$folder" && ln -s "$B/samples" "$folder/samples" || exit 2
    replay "$transcript" > "$scratch/now"
    if cmp -s "$transcript" "$scratch/now"; then
        passed=$((passed + 1))
    elif [ -n "${UPDATE:-}" ]; then
        cp "$scratch/now" "$transcript"
        echo "rewritten: $name"
        passed=$((passed + 1))
    else
        echo "FAILED: $name"
        diff -u "$transcript" "$scratch/now" | tail -n +3
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
