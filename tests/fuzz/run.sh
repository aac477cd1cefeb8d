#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs the fuzz targets that were built into $B/fuzz, one after the other.
#
#     B=build sh tests/fuzz/run.sh
#
#   TARGETS   which: "load infer"; all of them otherwise
#   TIME      seconds for each target, 60
#   ROUNDS    how often through all targets, 1; 0: until the file $B/fuzz/stop is there
#   SHORT     set: a short run that is the same each time and leaves nothing behind
#   CORPUS    a folder of more models to begin with; small ones are taken
#
# What a target learns stays in $B/fuzz/corpus/TARGET, and is begun with the next time. Inputs that
# fail are put into $B/fuzz/found/TARGET; as long as they fail they are told of each time. Executions
# so far are in $B/fuzz/count/TARGET, and seconds in $B/fuzz/seconds/TARGET. The last line is
# "N passed, N failed", a target each.
set -u

cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
case $B in /*) ;; *) B=$PWD/$B ;; esac
F=$B/fuzz
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
rm -f "$F/stop"

# What a target learns stays here.
learned=$F/corpus
[ -z "${SHORT:-}" ] || learned=$work/corpus

# Bounds of one input. Some of the memory is the sanitizer's own. What is slow is mutated less often:
# without that a few inputs that unfold into large graphs take most of the time. And fewer features
# count as rare, since the list of them is searched for each: that took more than half of it.
bounds="-timeout=10 -rss_limit_mb=450 -malloc_limit_mb=200 -entropic_scale_per_exec_time=1
        -entropic_feature_frequency_threshold=8"

# takes_models TARGET
takes_models() {
    case $1 in
    array | dims | layout | line | table | expression | baseline) return 1 ;;
    esac
}

# Options of its own: inputs of the small ones need not be large.
options_of() {
    takes_models "$1" && printf ' -max_len=8192' || printf ' -max_len=2000'
    [ ! -e "tests/fuzz/seeds/$1.dict" ] || printf ' -dict=tests/fuzz/seeds/%s.dict' "$1"
}

# Models to begin with, up to 8 KB, since what is small is quick: samples, hostile ones, and those of
# a corpus.
model_seeds() {
    bad=$F/bad
    [ -z "${SHORT:-}" ] || bad=/nonexistent
    if [ -z "${SHORT:-}" ] && [ ! -d "$F/bad" ]; then
        "${PYTHON:-python3}" tests/bad/make_bad.py "$F/bad" >/dev/null 2>&1
        find "$F/bad" -type f -size +16 -exec rm -f {} +
    fi
    find "$B/samples" "$bad" "${CORPUS:-/nonexistent}" -type f -name '*.onnx' -size -17 \
        -exec "$F/make_seeds" "$F/seeds/models" {} + 2>/dev/null
}

make_seeds() {
    rm -rf "$F/seeds"
    mkdir -p "$F/seeds/models"
    model_seeds
    for folder in tests/fuzz/seeds/*/ tests/fuzz/found/*/; do
        [ -d "$folder" ] || continue
        mkdir -p "$F/seeds/$(basename "$folder")"
        "$F/make_seeds" "$F/seeds/$(basename "$folder")" "$folder"*
    done
}

# How much of it.
limit_of() {
    if [ -z "${SHORT:-}" ]; then
        echo "-max_total_time=${TIME:-60}"
    elif takes_models "$1"; then
        echo "-seed=1 -runs=300"
    else
        echo "-seed=1 -runs=10000"
    fi
}

# run TARGET: false when something was found, then or earlier.
run() {
    target=$1
    mkdir -p "$learned/$target" "$F/found/$target" "$F/count" "$F/seconds" "$F/seeds/$target"
    seeds=$F/seeds/$target
    takes_models "$target" && seeds="$seeds $F/seeds/models"
    # What fontconfig keeps is not ours.
    leaks=1
    [ "$target" != cairo ] || leaks=0
    began=$(date +%s)
    # shellcheck disable=SC2086,SC2046 # lists of words
    ASAN_OPTIONS=detect_leaks=$leaks "$F/fuzz_$target" $bounds $(options_of "$target") $(limit_of "$target") -print_final_stats=1 \
        -artifact_prefix="$F/found/$target/" "$learned/$target" $seeds >"$work/log" 2>&1
    status=$?
    seconds=$(($(date +%s) - began + $(cat "$F/seconds/$target" 2>/dev/null || echo 0)))
    echo "$seconds" >"$F/seconds/$target"
    n=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log" | tail -n 1)
    [ -n "$n" ] || n=$(sed -n 's/^#\([0-9]*\)\t.*/\1/p' "$work/log" | tail -n 1)
    before=$(cat "$F/count/$target" 2>/dev/null || echo 0)
    echo $((before + ${n:-0})) >"$F/count/$target"
    cover=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 edges/p' "$work/log" | tail -n 1)
    printf '%s %-10s %9s runs, %11s in all, %5s s, %s%s\n' "$(date -u +%H:%M:%S)" "$target" "${n:-0}" \
        "$(cat "$F/count/$target")" "$seconds" "${cover:-}" "$([ $status = 0 ] || echo "  FAILED ($status)")"
    if [ $status != 0 ]; then
        cp "$work/log" "$F/found/$target.log"
        grep -E 'ERROR|does not hold|runtime error|SUMMARY|Test unit' "$work/log" | head -n 5
    fi
    return $status
}

# replay TARGET: inputs that failed before, in this build or in the history of the project.
replay() {
    find "$F/found/$1" "$F/seeds/$1" -type f -size +0 2>/dev/null >"$work/files"
    [ -s "$work/files" ] || return 0
    # shellcheck disable=SC2046
    xargs "$F/fuzz_$1" $bounds $(options_of "$1") <"$work/files" >"$work/log" 2>&1 && return 0
    printf '%s %-10s FAILED on inputs known before\n' "$(date -u +%H:%M:%S)" "$1"
    grep -E 'ERROR|does not hold|runtime error|SUMMARY|Running:' "$work/log" | tail -n 4
    return 1
}

make_seeds
targets=${TARGETS:-$(for f in tests/fuzz/fuzz_*.c; do basename "$f" .c; done | sed s/fuzz_//)}
round=0
failed_targets=
while [ "${ROUNDS:-1}" = 0 ] || [ "$round" -lt "${ROUNDS:-1}" ]; do
    for target in $targets; do
        [ ! -e "$F/stop" ] || break 2
        bad=0
        replay "$target" || bad=1
        run "$target" || bad=1
        [ $bad = 0 ] || failed_targets="$failed_targets $target"
    done
    round=$((round + 1))
done
total=$(echo "$targets" | wc -w)
failed=$(echo "$failed_targets" | tr ' ' '\n' | grep -v '^$' | sort -u | wc -l)
echo "$((total - failed)) passed, $failed failed"
[ "$failed" = 0 ]
