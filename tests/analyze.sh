#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Static analysis of C files, by whatever of clang, gcc and cppcheck is there. What is kept quiet is
# said below, with the reason.
#
#     CPPFLAGS="-Iinclude -Isrc ..." sh tests/analyze.sh FILE...        ANALYZERS chooses
#
# The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 2
ANALYZERS=${ANALYZERS:-clang cppcheck gcc}
jobs=${JOBS:-$(nproc 2>/dev/null || echo 1)}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0
printf '%s\n' "$@" > "$work/files"

# report NAME: what it said is in $work/said
report()
{
    if [ -s "$work/said" ]; then
        failed=$((failed + 1))
        echo "FAILED: $1"
        cat "$work/said"
    else
        passed=$((passed + 1))
    fi
}

missing()
{
    command -v "$1" > /dev/null && return 1
    echo "notice: $1 is not installed"
    skipped=$((skipped + 1))
}

# Stores that nobody reads: vec_free() empties what often goes away next.
analyze_clang()
{
    missing clang && return
    # shellcheck disable=SC2086 # flags are words
    xargs -P "$jobs" -n 8 clang --analyze -Xclang -analyzer-output=text -std=c11 $CPPFLAGS \
        -Xclang -analyzer-disable-checker=deadcode.DeadStores < "$work/files" 2>&1 |
        grep -E 'warning:|error:' > "$work/said"
    report 'clang --analyze'
}

# gcc 12's analyzer is made for small programs. It does not see that vec_reserve() leaves no NULL
# behind, that memcpy() fills what it copies to, and loses sight of what a call it did not look into
# does with a pointer. Those findings stay off; leaks and NULL are looked for by
# tests/tools/allocations.c, which makes each of them happen. Every vector instruction is a call to
# it, and some of those kernels take it minutes; -O2 leaves it one block of arithmetic.
analyze_gcc()
{
    missing gcc && return
    quiet=
    for id in malloc-leak fd-leak file-leak null-dereference null-argument possible-null-argument \
        possible-null-dereference use-of-uninitialized-value; do
        quiet="$quiet -Wno-analyzer-$id"
    done
    for level in -O0 -O2; do
        if [ "$level" = -O0 ]; then grep -v kernels_x86; else grep kernels_x86; fi < "$work/files" |
            # shellcheck disable=SC2086
            xargs -r -P "$jobs" -n 1 gcc -fanalyzer $level $quiet -std=c11 $CPPFLAGS -S -o /dev/null
    done > "$work/all" 2>&1
    grep -E 'warning:|error:' "$work/all" > "$work/said"
    report 'gcc -fanalyzer'
}

# cppcheck 2.10 takes arrays that a loop fills for uninitialized, does not follow a list to its end
# mark, knows no hexadecimal floats, and no coefficients that are never 0 (src/dim).
analyze_cppcheck()
{
    missing cppcheck && return
    quiet=
    for id in missingInclude uninitvar ctuuninitvar arrayIndexThenCheck duplicateAssignExpression \
        incorrectLogicOperator internalAstError zerodivcond; do
        quiet="$quiet --suppress=$id"
    done
    # shellcheck disable=SC2086 # words
    cppcheck -q -j "$jobs" --std=c11 --enable=warning,portability --inline-suppr -Iinclude -Isrc \
        -D_POSIX_C_SOURCE=200809L -DORAY_CAIRO -D__linux__ $quiet \
        --file-list="$work/files" --template='{file}:{line}: {severity}: {message} [{id}]' \
        > "$work/said" 2>&1
    report cppcheck
}

for analyzer in $ANALYZERS; do
    "analyze_$analyzer"
done
if [ "$skipped" = 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ "$failed" = 0 ]
