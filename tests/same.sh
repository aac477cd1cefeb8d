#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Output is the same bytes on every run, and from another compiler's build: every command over
# every model, hashed. Needs clang (or the compiler in $OTHER_CC).
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build}
other=${OTHER_CC:-clang}
models=$(find "${ONNXRAY_CORPUS:-../shared/models}" "$B/samples" -name '*.onnx' 2>/dev/null | sort)

command -v "$other" >/dev/null || {
    echo "notice: no $other here"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
${MAKE:-make} --no-print-directory -s B="$B-$other" CC="$other" WERROR=1 all >&2 || {
    echo "$B-$other does not build"
    echo "0 passed, 1 failed"
    exit 1
}

# outputs PROGRAM MODEL: all it has to say, results and exit codes
outputs() {
    for args in "summary" "summary -v --width 200" "summary -f json" "layers" "layers --tree" \
        "layers --all -f json" "params" "params -f csv" "params --stats -f json" "quant" "graph --all -f dot"; do
        # shellcheck disable=SC2086 # words
        "$1" $args "$2" 2>&1
        echo "exit $?"
    done
}

passed=0
failed=0
for model in $models; do
    first=$(outputs "$B/onnxray" "$model" | cksum)
    again=$(outputs "$B/onnxray" "$model" | cksum)
    third=$(outputs "$B-$other/onnxray" "$model" | cksum)
    if [ "$first" = "$again" ] && [ "$first" = "$third" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$model: twice the same: $([ "$first" = "$again" ] && echo yes || echo no)," \
            "same from $other: $([ "$first" = "$third" ] && echo yes || echo no)"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
