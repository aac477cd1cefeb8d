#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the program does when it talks to a terminal: width, colour, pager, refusals. script(1) makes
# the terminal, 70 columns wide and 12 rows high; without it there is nothing to test here.
#
#     B=build sh tests/run-terminal.sh
#
# The last line is "N passed, N failed".
set -u

B=$(cd "${B:-build}" && pwd) || exit 2
PATH=$B:$PATH
LC_ALL=C.UTF-8
TERM=xterm
export PATH LC_ALL TERM
unset COLUMNS LINES NO_COLOR PAGER ONNXRAY_PAGER
passed=0 failed=0

if ! script -qec true /dev/null > /dev/null 2>&1 < /dev/null; then
    echo "notice: script(1) cannot make a terminal here"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

# on_terminal COMMAND: what it shows; escape sequences become {...}.
on_terminal()
{
    (cd "$B" && script -qec "stty cols 70 rows 12; $1" /dev/null < /dev/null) |
        tr -d '\r' | sed 's/'"$(printf '\033')"'\[\([0-9;]*\)m/{\1}/g'
}

# check WHAT PATTERN COMMAND: the pattern is for grep; "!" before it: it must not match.
check()
{
    on_terminal "$3" > "$scratch/shown"
    case $2 in
    '!'*) ! grep -q -e "${2#!}" "$scratch/shown" ;;
    *) grep -q -e "$2" "$scratch/shown" ;;
    esac
    if [ $? -eq 0 ]; then
        passed=$((passed + 1))
    else
        echo "FAILED: $1: $2"
        sed -n '1,12s/^/    /p' "$scratch/shown"
        failed=$((failed + 1))
    fi
}

scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
short='onnxray layers samples/mlp.onnx'
long='onnxray layers samples/transformer.onnx'
paged='ONNXRAY_PAGER="sed s/^/paged:/"'

check "there is colour" '{[0-9;]*}Gemm' "$short"
check "but not for the dumb" '!{' "TERM=dumb $short"
check "nor where nobody wants it" '!{' "NO_COLOR=1 $short"
check "unless somebody insists" '{[0-9;]*}Gemm' "NO_COLOR=1 $short --color always"
check "and a file has none" '!{' "$short -o /dev/fd/3 3> $scratch/plain; cat $scratch/plain"
check "the terminal has 70 columns" '^{2}─\{70\}{0}$' "PAGER=cat $long"

check "what fits is not paged" '!paged' "$paged $short"
check "what does not is" '^paged:.*Operator' "$paged $long"
check "PAGER counts" '^paged:.*Operator' "PAGER='sed s/^/paged:/' $long"
check "less than ONNXRAY_PAGER" '!paged' "PAGER='sed s/^/paged:/' ONNXRAY_PAGER=cat $long"
check "a pipe has no pager" '!paged' "$paged $long | cat"
check "nor has a file" '!paged' "$paged $long -o $scratch/plain"
check "help is paged as well" '^paged:Usage' "$paged onnxray help graph"
check "messages keep their place among the pages" '^paged:onnxray: none.onnx' \
    "$paged onnxray samples/transformer.onnx none.onnx"
check "a pager that ends early is no error" 'code 0' \
    "ONNXRAY_PAGER='head -1' $long -f json -v; echo code \$?"
check "one that does not exist is" 'no-such-pager.* did not start' "ONNXRAY_PAGER=no-such-pager $long"
check "and then the exit code is 4" 'code 4' "ONNXRAY_PAGER=no-such-pager $long; echo code \$?"

changed='onnxray diff samples/digits_fp32.onnx samples/digits_qdq.onnx'
check "what shrank is green" '{32}-36 %{0}' "PAGER=cat $changed"
check "differences are paged" '^paged:.*Weight' "$paged $changed"
check "quick work shows no bar" '!comparing' "$changed > $scratch/plain"

check "a picture needs a file" 'add -o FILE.svg' 'onnxray graph samples/mlp.onnx'
check "the source may be asked for" '^digraph' 'ONNXRAY_PAGER=cat onnxray graph -o - samples/mlp.onnx'
check "a picture is not for a terminal" 'not for the terminal' \
    'onnxray graph -f png -o - samples/mlp.onnx'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
