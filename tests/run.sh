#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every test suite on the build in $B and adds their results up. `SUITES="unit golden"` runs
# some of them, `JOBS` at a time. Every suite ends with a line `N passed, N failed[, N skipped]`; what it printed is
# shown when something failed.
set -u

cd "$(dirname "$0")/.." || exit 2
B=${B:-build}
case $B in /*) ;; *) B=$PWD/$B ;; esac
ONNXRAY=$B/onnxray
ORAY_SAMPLES=$B/samples
ONNXRAY_CORPUS=${ONNXRAY_CORPUS:-$PWD/../shared/models}
TESTDATA=${TESTDATA:-/usr/share/libonnx-testdata/data}
export B ONNXRAY ORAY_SAMPLES ONNXRAY_CORPUS TESTDATA
LC_ALL=C.UTF-8
export LC_ALL
unset NO_COLOR COLUMNS
# What the leak sanitizer finds in other libraries is told apart by name.
LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/tests/bad/leaks.txt:print_suppressions=0}
export LSAN_OPTIONS

PY=${PYTHON:-}
[ -n "$PY" ] || for PY in "$B/venv/bin/python" "$PWD/build/venv/bin/python" python3; do
    command -v "$PY" >/dev/null 2>&1 && break
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'stop_suites; exit 130' INT TERM

# Every suite is a process group of its own, which a terminal's signals do not reach.
stop_suites() {
    for group in "$work"/groups/*; do
        [ -f "$group" ] && kill -- "-${group##*/}" 2>/dev/null
    done
}

# ---- suites: each prints its result line last ----

suite_unit() {
    passed=0
    failed=0
    for t in "$B"/unit/*; do
        [ -x "$t" ] || continue
        "$t" >"$work/one.log" 2>&1
        status=$?
        n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$work/one.log")
        bad=$(sed -n 's/^\[  FAILED  \].* \([0-9]*\) test.*/\1/p' "$work/one.log" | head -n 1)
        passed=$((passed + ${n:-0}))
        [ "$status" = 0 ] || {
            failed=$((failed + ${bad:-1}))
            echo "$t:"
            grep -v '\[       OK \]\|\[ RUN ' "$work/one.log"
        }
    done
    echo "$passed passed, $failed failed"
}

suite_layers() { sh tests/layers.sh; }
suite_golden() { sh tests/run-golden.sh; }
suite_docs() { sh tests/run-docs.sh; }
suite_terminal() { sh tests/run-terminal.sh; }
suite_readme() { "$PY" tests/readme.py check; }

suite_proto() {
    protoc -Iproto --include_imports --descriptor_set_out="$work/onnx.desc" proto/onnx.proto &&
        "$PY" tests/truth/proto_truth.py "$work/onnx.desc"
}

suite_ops() {
    "$B/tools/dump_ops" >"$work/ops.tsv" && "$B/tools/dump_ops" types >"$work/types.tsv" &&
        "$PY" tests/truth/ops_truth.py "$work/ops.tsv" "$work/types.tsv"
}

# Every readable model there is: the corpus, Debian's test data, our samples.
models() {
    find "$ONNXRAY_CORPUS" "$B/samples" -name '*.onnx' -o -name '*.onnx.gz' 2>/dev/null | sort
}

suite_corpus() { "$PY" tests/truth/corpus_truth.py; }
suite_params() { models | xargs "$PY" tests/truth/params_truth.py; }
suite_writers() { models | xargs "$PY" tests/truth/json_check.py; }
suite_drawing() { models | xargs "$PY" tests/truth/dot_check.py; }
# shellcheck disable=SC2046 # a list of words
suite_folding() { with onnx fold_check $(models); }
suite_svg() { models | xargs "$PY" tests/truth/svg_check.py; }

# with MODULE SCRIPT [ARGUMENT...]: a script of tests/truth, where Python has what it needs.
with() {
    "$PY" -c "import $1" 2>/dev/null || {
        echo "notice: $2.py needs $1, which is not installed"
        echo "0 passed, 0 failed, 1 skipped"
        return
    }
    script=tests/truth/$2.py
    shift 2
    "$PY" "$script" "$@"
}

suite_pixels() {
    "$PY" -c "import PIL" 2>/dev/null && command -v pdftotext >/dev/null && command -v neato >/dev/null || {
        echo "notice: pixels.py needs Pillow, poppler-utils and Graphviz"
        echo "0 passed, 0 failed, 1 skipped"
        return
    }
    models | xargs "$PY" tests/truth/pixels.py
}

suite_nodes() { with onnx infer_nodes; }
suite_graphs() { with onnx infer_graphs; }
suite_shapes() { with onnx infer_corpus; }
suite_elements() { with onnx.reference infer_elements; }
suite_layout() { with onnx.reference infer_layout; }
suite_operators() { with onnxruntime infer_operators; }
suite_contributed() { with onnxruntime infer_microsoft; }
suite_macs() { with onnx macs_nodes; }
suite_counts() { with onnx count_truth; }
suite_checker() { with onnx checker_truth; }

# shellcheck disable=SC2046 # a list of words
suite_pages() { with onnx page_truth $(models); }
suite_browser() {
    "$PY" -c "import onnx" 2>/dev/null || {
        echo "notice: browser.py needs onnx, which is not installed"
        echo "0 passed, 0 failed, 1 skipped"
        return
    }
    "$PY" tests/browser/browser.py
}
# shellcheck disable=SC2046 # a list of words
suite_pictures() { with onnx picture_truth $(models); }
suite_differences() { with numpy diff_truth; }
suite_quantized() { with onnxruntime quant_truth; }
suite_findings() { with onnxruntime quant_findings; }
suite_packed() { with onnxruntime quant_packed; }
suite_advice() { with onnx advice_truth; }
suite_statistics() { with onnx stats_truth; }

# Samples that are odd on purpose repeat names, or have no order that makes sense.
# shellcheck disable=SC2046 # a list of words
suite_memory() { with onnx memory_truth $(models | grep -v '/odd_'); }

suite_differential() {
    {
        models
        find "$TESTDATA" -name '*.onnx' 2>/dev/null | sort
    } | xargs "$B/tools/differential"
}

suite_bad() {
    "$PY" tests/bad/make_bad.py "$work/bad" && "$PY" tests/bad/run_bad.py "$work/bad"
    rm -rf "$work/bad"
}
suite_mutants() { "$PY" tests/bad/mutants.py --runs 1500; }
suite_outputs() { "$PY" tests/bad/outputs.py; }
suite_opened() { "$PY" tests/bad/opened.py; }

suite_odd() {
    "$PY" tests/bad/odd_nodes.py --models 200
}
suite_odd_quant() { "$PY" tests/bad/odd_quant.py; }

suite_checks() { models | xargs "$PY" tests/truth/check_reports.py; }

# A short run of the fuzz targets. Building them takes most of the time.
suite_fuzz() {
    echo 'int LLVMFuzzerTestOneInput(const char *d, unsigned long n) { return d && n ? 0 : 0; }' >"$work/t.c"
    "${CLANG:-clang}" -fsanitize=fuzzer,address,undefined -o "$work/t" "$work/t.c" || {
        echo "notice: there is no clang with libFuzzer"
        echo "0 passed, 0 failed, 1 skipped"
        return
    }
    "${MAKE:-make}" --no-print-directory -j"$(nproc)" B="$B" QUICK=1 fuzz-build && SHORT=1 sh tests/fuzz/run.sh
}

suite_package() { sh tests/package/run.sh; }
# Samples that are small: where every allocation fails in turn.
# shellcheck disable=SC2046 # a list of words
suite_allocation() {
    "$B/tools/allocations" -n 60 $(for model in mlp control_nested functions digits_qdq odd_names \
        odd_external quant_int4 types_typed training external; do
        echo "$B/samples/$model.onnx"
    done)
}
suite_isolation() { sh tests/isolation/run.sh; }
suite_external() { sh tests/run-external.sh; }
suite_gates() { "$PY" tests/gates.py; }
suite_same() { sh tests/same.sh; }
suite_valgrind() { PYTHON=$PY sh tests/valgrind.sh; }

all="layers unit golden docs terminal readme proto ops differential corpus params"
all="$all nodes graphs shapes elements layout operators contributed checker macs counts memory differences quantized findings packed statistics advice"
all="$all checks fuzz"
all="$all writers drawing svg pixels pictures pages browser folding bad mutants outputs odd odd_quant external opened allocation isolation package gates same valgrind"
[ -n "${ORAY_SANITIZED:-}" ] && all="unit golden differential corpus params checks writers drawing svg pixels pictures pages browser folding bad mutants outputs odd odd_quant allocation"

# One suite: its line, and what it printed where something failed, all at once.
one()
{
    started=$(date +%s)
    "suite_$1" >"$work/$1.log" 2>&1
    line=$(tail -n 1 "$work/$1.log")
    case $line in
    *[0-9]" passed, "[0-9]*" failed"*) ;;
    *) line="0 passed, 1 failed" ;;
    esac
    suite=$1
    # shellcheck disable=SC2046 # the words of the line
    set -- $(echo "$line" | tr -d ',')
    echo "$1 $3 ${5:-0}" >"$results/$suite"
    {
        printf '%-14s %6d passed %4d failed %4d skipped  %4d s\n' "$suite" "$1" "$3" "${5:-0}" \
            $(($(date +%s) - started))
        [ "$3" = 0 ] || tail -n 60 "$work/$suite.log"
        grep -i '^notice:' "$work/$suite.log" | head -n 5
    } >"$work/told"
    cat "$work/told"
}

if [ -n "${ORAY_RESULTS:-}" ]; then
    results=$ORAY_RESULTS
    : >"$ORAY_GROUPS/$PPID"
    one "$1"
    rm -f "$ORAY_GROUPS/$PPID"
    exit 0
fi

# Two at a time, or as many as JOBS says; those that count instructions or time do so beside others,
# and none asserts a time. One that hangs is ended, and has failed.
ORAY_RESULTS=$work/results
ORAY_GROUPS=$work/groups
export ORAY_RESULTS ORAY_GROUPS
mkdir "$ORAY_RESULTS" "$ORAY_GROUPS"
# shellcheck disable=SC2086 # a list of words
printf '%s\n' ${SUITES:-$all} |
    xargs -n 1 -P "${JOBS:-2}" timeout -k 10 "${SUITE_SECONDS:-1200}" sh "$PWD/tests/run.sh" &
wait $!
# shellcheck disable=SC2086 # a list of words
for suite in ${SUITES:-$all}; do # one that died has said nothing
    [ -s "$ORAY_RESULTS/$suite" ] || {
        echo "$suite: ended without a result, or after ${SUITE_SECONDS:-1200} s"
        echo "0 1 0" >"$ORAY_RESULTS/$suite"
    }
done
cat "$ORAY_RESULTS"/* | awk '
    { passed += $1; failed += $2; skipped += $3 }
    END {
        printf "%d passed, %d failed", passed, failed
        if (skipped) printf ", %d skipped", skipped
        print ""
        exit failed > 0
    }'
