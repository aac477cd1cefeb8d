#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the program gives up: an intruder (intruder.c) that gets into it can open, run and reach
# nothing; and every command, format and way of input says the same as without isolation.
#
#     B=build ONNXRAY=build/onnxray sh tests/isolation/run.sh        CC names the compiler
#
# The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/../.." || exit 2
B=$(cd "${B:-build}" && pwd) || exit 2
ONNXRAY=${ONNXRAY:-$B/onnxray}
samples=$B/samples
work=$(mktemp -d) || exit 2
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unset ONNXRAY_PAGER PAGER
passed=0 failed=0

said=$("$ONNXRAY" -v "$samples/mlp.onnx" 2>&1 >/dev/null)
case $said in
*Landlock\ *seccomp\)*) ;;
*)
    echo "notice: $said"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
    ;;
esac
abi=${said#*Landlock }
abi=${abi%%)*}

# result GOOD WHAT...
result()
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        shift
        echo "FAILED: $*"
    fi
}

# ---- the intruder ----

mkdir "$work/models" "$work/private" "$work/out"
cp "$samples/mlp.onnx" "$samples/external.onnx" "$samples/external.data" "$work/models"
${CC:-cc} -shared -fPIC -O1 -o "$work/intruder.so" tests/isolation/intruder.c -pthread -ldl || exit 2

# intrusion NAME COMMAND...: leaves what became of the attempts in $work/log
intrusion()
{
    name=$1
    shift
    echo secret > "$work/private/secret"
    rm -f "$work/log" "$work/models"/*.new
    LD_PRELOAD=$work/intruder.so INTRUDER_LOG=$work/log INTRUDER_SECRET=$work/private/secret \
        INTRUDER_MODEL=$work/models/mlp.onnx "$ONNXRAY" "$@" > "$work/shown" 2> "$work/err" < /dev/null
    [ "$(wc -l < "$work/log")" -ge 19 ]
    result $? "$name: $(cat "$work/err" "$work/log")"
}

# attempt WHAT RESULT...: what has to be in the log, one of the results
attempt()
{
    what=$1
    got=$(sed -n "s/^$what //p" "$work/log")
    shift
    for good in "$@"; do
        [ "$got" = "$good" ] && { result 0; return; }
    done
    result 1 "$name: $what: $got, not $*"
}

forbidden_files()
{
    attempt read-model "done"
    attempt write-model EACCES
    attempt read-secret EACCES
    attempt write-secret EACCES
    [ "$abi" -lt 3 ] || attempt truncate-secret EACCES
    attempt remove-secret EACCES
    attempt chmod-secret EPERM
    attempt create-beside EACCES
    attempt link-beside EACCES
    attempt terminal-input EPERM
    attempt trace EPERM
    attempt io-uring EPERM
    attempt unshare EPERM
    attempt thread "done"
}

forbidden_all()
{
    forbidden_files
    for what in socket-inet socket-unix signal-parent fork run; do
        attempt $what EPERM
    done
}

intrusion free --no-isolation "$work/models/mlp.onnx"
for what in read-model read-secret fork socket-unix new-code thread; do
    attempt $what "done"
done
for command in summary layers params quant check 'show -v' 'graph -f svg' 'graph -f html' 'graph -f dot'; do
    what=
    [ "$command" = 'show -v' ] && what='#0'
    # shellcheck disable=SC2086 # words
    intrusion "$command" $command "$work/models/mlp.onnx" $what
    forbidden_all
    attempt new-code EPERM
done
intrusion diff diff "$work/models/mlp.onnx" "$work/models/external.onnx"
forbidden_all
if [ -e /usr/lib/x86_64-linux-gnu/libcairo.so.2 ] || ldconfig -p 2>/dev/null | grep -q libcairo.so.2; then
    intrusion png graph -f png "$work/models/mlp.onnx"
    forbidden_all
fi
intrusion output graph "$work/models/mlp.onnx" -o "$work/out/picture.svg"
forbidden_all
[ -s "$work/out/picture.svg" ] && [ "$(ls -A "$work/out")" = picture.svg ]
result $? "the output has its place: $(ls -A "$work/out")"

# ---- the same as without ----

# same WHAT COMMAND...: output, messages and exit code with and without; $input is standard input
input=/dev/null
same()
{
    what=$1
    shift
    (cd "$work" && "$ONNXRAY" "$@" < "$input" > "$work/a" 2> "$work/a.err"; echo $? >> "$work/a.err")
    (cd "$work" && "$ONNXRAY" "$@" --no-isolation < "$input" > "$work/b" 2> "$work/b.err"; echo $? >> "$work/b.err")
    cmp -s "$work/a" "$work/b" && cmp -s "$work/a.err" "$work/b.err"
    result $? "$what: $(cat "$work/a.err"); without: $(cat "$work/b.err")"
}

for model in mlp external control_loop digits_qdq odd_external odd_names transformer; do
    m=$samples/$model.onnx
    for command in summary layers params 'params --stats' quant check 'graph -f dot' 'graph -f svg' \
        'graph -f html' 'graph -f png' 'graph -f pdf'; do
        # shellcheck disable=SC2086
        same "$command $model" $command "$m"
    done
    same "show $model" show "$m" '#0'
    same "diff $model" diff "$samples/mlp.onnx" "$m"
    same "json $model" params --stats -f json "$m"
done
same jobs -j 3 "$samples"/*.onnx
same 'checks, in threads' check -j 3 -f ndjson "$samples"/*.onnx
same absent summary "$work/none.onnx"
same 'absent folder' summary "$work/none/none.onnx"
same 'a folder' summary "$work"
same device summary /dev/null
cp "$samples/mlp.onnx" "$samples/external.data" "$samples/external.onnx" "$work"
same 'beside us' params --stats external.onnx
ln -s ../external.onnx "$work/private/link.onnx"
same 'through a link' params --stats private/link.onnx
mkdir "$work/elsewhere" && cp "$samples/external.onnx" "$work/elsewhere" && ln -s ../external.data "$work/elsewhere/external.data"
same 'a link for weights' params --stats elsewhere/external.onnx
same 'and allowed' params --stats --unsafe-external elsewhere/external.onnx
gzip -c "$samples/mlp.onnx" > "$work/mlp.onnx.gz"
same compressed summary mlp.onnx.gz
mkdir "$work/scratch"
TMPDIR=$work/scratch
export TMPDIR
same 'compressed, spread out elsewhere' summary mlp.onnx.gz
unset TMPDIR
input=$samples/mlp.onnx
same 'standard input' summary -
same 'its name' summary /dev/stdin
input=$work/mlp.onnx.gz
same 'compressed standard input' summary -
input=/dev/null
# shellcheck disable=SC2002 # a pipe it has to be
cat "$samples/mlp.onnx" | "$ONNXRAY" - > "$work/a" 2>&1
"$ONNXRAY" - < "$samples/mlp.onnx" > "$work/b" 2>&1
cmp -s "$work/a" "$work/b"
result $? "a pipe: $(cat "$work/a")"
mkfifo "$work/fifo"
# timeout: where nobody reads, the writer would wait for ever
{ sleep 0.2; timeout 20 sh -c 'cat "$1" > "$2"' - "$samples/mlp.onnx" "$work/fifo"; } &
"$ONNXRAY" "$work/fifo" > "$work/a" 2>&1
wait
grep -q '67 parameters' "$work/a"
result $? "a pipe with a name: $(cat "$work/a")"
printf 'name,ms\nhidden,1\nrelu,2\n' > "$work/private/times.csv"
same 'numbers from a table' graph -f svg "$samples/mlp.onnx" --color-by "$work/private/times.csv"
same 'two models in a picture' graph -f svg "$samples/digits_fp32.onnx" --diff "$work/mlp.onnx"
same 'a bad table' graph -f svg "$samples/mlp.onnx" --color-by "$work/private/none.csv"
# an array: [2] int64, in numpy's format
{
    printf '\223NUMPY\001\000\166\000'
    printf '%-117s\n' "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }"
    printf '\004\000\000\000\000\000\000\000\005\000\000\000\000\000\000\000'
} > "$work/private/shape.npy"
same 'an array' summary "$samples/reshape_by_input.onnx" --bind "shape=$work/private/shape.npy"
for format in dot svg html png pdf; do
    same "-o of $format" graph "$samples/mlp.onnx" -o "out/drawn.$format"
    [ -s "$work/out/drawn.$format" ]
    result $? "out/drawn.$format is there"
done
same 'a new baseline' check "$samples/odd_names.onnx" --write-baseline out/known -o out/found
[ -s "$work/out/known" ] && [ -s "$work/out/found" ]
result $? "out/known and out/found are there"
same 'a baseline' check "$samples/odd_names.onnx" --baseline out/known
same 'a report for code hosts' check -j 2 -f sarif "$samples/odd_names.onnx" "$samples/mlp.onnx"
: > "$work/out/old.svg"
ln -s out/old.svg "$work/to-old.svg"
same '-o through a link' graph "$samples/mlp.onnx" -o to-old.svg
[ -s "$work/out/old.svg" ]
result $? "out/old.svg is new"
same '-o to a device' graph "$samples/mlp.onnx" -o /dev/null -f svg
same '-o where nobody may write' graph "$samples/mlp.onnx" -o none/drawn.svg
command -v dot > /dev/null && same 'drawn by dot' graph --engine dot -f svg "$samples/mlp.onnx"
command -v dot > /dev/null && same 'drawn by dot, pixels' graph --engine dot -f png "$samples/mlp.onnx"
"$ONNXRAY" layers "$samples/transformer.onnx" | head -n 1 > "$work/a"
[ -s "$work/a" ]
result $? "a reader that goes away"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
