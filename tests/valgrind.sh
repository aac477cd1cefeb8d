#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the program under valgrind: every sample once, with the commands taking turns, and some broken
# files. Uninitialised values and leaks are errors.
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build}

command -v valgrind >/dev/null || {
    echo "notice: no valgrind here"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" tests/bad/make_bad.py "$work/bad" >/dev/null
passed=0
failed=0

# check COMMAND... : no error of valgrind's, whatever the exit code
check() {
    valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
        "$B/onnxray" "$@" >"$work/out" 2>"$work/err"
    if [ $? = 99 ]; then
        failed=$((failed + 1))
        echo "FAILED: onnxray $*"
        grep '^==' "$work/err" | head -n 12
    else
        passed=$((passed + 1))
    fi
}

turn=0
for model in "$B"/samples/*.onnx; do
    turn=$(((turn + 1) % 5))
    case $turn in
    0) check summary -v "$model" ;;
    1) check layers --all -f json "$model" ;;
    2) check show "$model" '#0' ;;
    3) check params -v "$model" ;;
    4) check graph --all -f dot "$model" ;;
    esac
done
for model in $(find "$work/bad" -name '*.onnx' -size -64k | sort | awk 'NR % 24 == 0'); do
    check summary "$model"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
