#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the program under valgrind: every sample once, with the commands taking turns, and some broken
# files. Uninitialised values and leaks are errors, and so is a run that valgrind did not see to its
# end. Isolation is off: it would keep valgrind itself from getting memory.
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

# memcheck PROGRAM ARGUMENT... : runs it; what valgrind says is in $work/said
memcheck() {
    rm -f "$work/said"
    valgrind --log-file="$work/said" --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect "$@" >"$work/out" 2>&1
}

# Newer debug information than this valgrind can read goes away.
program=$B/onnxray
memcheck "$program" --version
grep -q 'ERROR SUMMARY' "$work/said" || {
    program=$work/onnxray
    objcopy --strip-debug "$B/onnxray" "$program"
}

# check COMMAND... : valgrind came to its end and found no error, whatever the exit code
check() {
    memcheck "$program" "$@" --no-isolation
    if grep -q 'ERROR SUMMARY: 0 errors' "$work/said"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: onnxray $*"
        grep -v -e 'aspacem' -e 'Memcheck, a' -e Copyright "$work/said" | head -n 24
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
