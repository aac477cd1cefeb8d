#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Holds the source to the plan of the house: who may include whom, what no file may call, that every
# file says its licence, that the public header stands on its own.
#
#     sh tests/layers.sh        CC and CXX name the compilers
#
# Says which line breaks which rule. The last line is "N passed, N failed".
set -u

cd "$(dirname "$0")/.." || exit 2
LC_ALL=C
export LC_ALL
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT HUP TERM

: > "$scratch/results"

# rule "what it says": passes when nothing came in, else shows it. Runs at the end of pipes, so that
# the result has to be written down.
rule()
{
    sort -u > "$scratch/broken"
    if [ -s "$scratch/broken" ]; then
        echo "FAILED: $1"
        sed 's/^/    /' "$scratch/broken" | head -n 20
        echo failed >> "$scratch/results"
    else
        echo passed >> "$scratch/results"
    fi
}

# C files below some folders.
sources()
{
    find "$@" -name '*.[ch]' -o -name '*.inc' 2>/dev/null | sort
}

# shellcheck disable=SC2016 # awk
# Prints "file:line: code" of C files, without comments and the contents of texts and characters.
code()
{
    sources "$@" | xargs awk '
        FNR == 1 { comment = 0 }
        {
            out = ""
            quote = ""
            for (i = 1; i <= length($0); i++) {
                c = substr($0, i, 1)
                two = substr($0, i, 2)
                if (comment) {
                    if (two == "*/") { comment = 0; i++ }
                } else if (quote != "") {
                    if (c == "\\") i++
                    else if (c == quote) { quote = ""; out = out c }
                } else if (two == "/*") {
                    comment = 1
                    i++
                    out = out " "
                } else if (two == "//") {
                    break
                } else {
                    if (c == "\"" || c == "\047") quote = c
                    out = out c
                }
            }
            if (out ~ /[^ \t]/) print FILENAME ":" FNR ": " out
        }' /dev/null
}

# Prints "file header" for every include of some folders; the header with its quotes.
includes()
{
    sources "$@" | xargs awk '
        /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
            sub(/^[ \t]*#[ \t]*include[ \t]*/, "")
            sub(/[>"][^>"]*$/, substr($0, 1, 1) == "<" ? ">" : "\"")
            print FILENAME, $0
        }' /dev/null
}

# calls NAME...: an extended regular expression for calls of these functions.
calls()
{
    printf '(^|[^_[:alnum:]])(%s)[[:space:]]*\\(' "$(echo "$*" | tr ' ' '|')"
}

# ---- who may include whom ----

# What a room may include besides itself. Each knows only rooms that stand before it.
may_use()
{
    case $1 in
    base) echo "" ;;
    model | layout) echo "base" ;;
    load | ops) echo "model base" ;;
    measure) echo "load model base" ;;
    dim) echo "base" ;;
    infer) echo "dim ops model base" ;;
    rules) echo "infer dim ops model base" ;;
    analyze) echo "infer ops model base" ;;
    check) echo "words analyze infer ops model base" ;;
    diff) echo "analyze infer ops model base" ;;
    words) echo "infer ops base" ;;
    picture) echo "words layout analyze infer ops base" ;;
    export) echo "picture words check diff layout analyze infer ops base" ;;
    cli) echo "" ;;
    build) echo "base" ;;
    *) return 1 ;;
    esac
}

for folder in src/*/; do
    room=$(basename "$folder")
    allowed=$(may_use "$room") || {
        echo "$folder" | rule "every room of the house is in the plan"
        continue
    }
    includes "$folder" | while read -r file header; do
        case $header in
        '<onnxray/onnxray.h>')
            [ "$room" != layout ] || echo "$file $header"
            ;;
        '"onnx.pb-c.h"') [ "$room" = load ] || echo "$file $header" ;;
        '"themes.inc"') [ "$room" = picture ] || echo "$file $header" ;;
        '"viewer.inc"') [ "$room" = export ] || echo "$file $header" ;;
        '"'*/*)
            other=${header%%/*}
            case " $allowed $room " in
            *" ${other#?} "*) ;;
            *) echo "$file $header" ;;
            esac
            ;;
        '"'*) # without a folder: beside the file that includes it
            own=${header#?}
            [ -e "$folder${own%?}" ] || echo "$file $header"
            ;;
        esac
    done | rule "src/$room includes only: $room $allowed"
done

includes src include | grep -v '^src/load/' | grep -E '[<"](onnx\.pb-c\.h|protobuf-c/.*)[>"]$' |
    rule "only src/load knows protobuf-c"
includes src include | grep -v '^src/export/' |
    grep -E '[<"/](cgraph\.h|gvc\.h|cJSON\.h)[>"]$' | rule "only src/export knows cgraph and cJSON"
includes src include | grep -vE '^src/(load/|export/(png_stream|html_pack)\.c)' | grep 'zlib\.h' |
    rule "only src/load and the writers of PNG and HTML know zlib"
includes src include | grep -v '^src/export/cairo_lib\.h' | grep -E '[<"/]cairo[a-z-]*\.h[>"]$' |
    grep -v '"export/cairo_' | rule "only one header knows cairo, by which it is loaded"
includes include | grep -vE '<std(bool|def|int)\.h>$' |
    rule "the public header includes only types of the language"

# ---- what the rooms do not know ----

code src/analyze src/check src/diff 2>/dev/null |
    grep -E "$(calls printf fprintf vprintf vfprintf puts fputs putchar fopen)|(^|[^_[:alnum:]])FILE " |
    rule "no input or output in analyze, check and diff"
includes src/analyze src/check src/diff | grep '<stdio\.h>' |
    rule "no stdio in analyze, check and diff"

# The public header's path, and the word for one status, are all it may say.
sources src/base | while read -r file; do
    sed -e 's|onnxray/onnxray\.h||g' -e 's/"not_onnx"//g' "$file" | grep -niE 'onnx|protobuf|tensor' |
        sed "s|^|$file:|"
done | rule "src/base knows nothing of models"

for folder in src/*/; do
    [ "$folder" = src/cli/ ] || [ "$folder" = src/build/ ] || code "$folder"
done > "$scratch/library"
grep -E "$(calls printf vprintf puts putchar perror exit abort setlocale chdir srand rand)" \
    "$scratch/library" | rule "the library does not print, exit, or change the process"
grep -E '(^|[^_[:alnum:]])(stdin|stdout|stderr)([^_[:alnum:]]|$)' "$scratch/library" |
    rule "the library leaves the standard streams alone"

# ---- what nobody does ----

code src include > "$scratch/all"
for name in strcpy stpcpy strcat sprintf vsprintf gets atoi atol atof strtok alloca system popen \
    tmpnam mktemp; do
    grep -E "$(calls $name)" "$scratch/all" | rule "nobody calls $name()"
done

grep -vE '^src/(base/(heap|mem)\.c|build/|cli/)' "$scratch/all" |
    grep -E "$(calls malloc calloc realloc free strdup strndup aligned_alloc posix_memalign)" |
    rule "memory of the library is counted: base/heap.h, base/mem.h"

find src include tests proto samples man bench templates .ci Makefile -type f \
    \( -name '*.[ch]' -o -name '*.cc' -o -name '*.inc' -o -name '*.sh' -o -name '*.py' \
    -o -name '*.proto' -o -name '*.textproto' -o -name '*.[1357]' -o -name '*.js' -o -name '*.css' \
    -o -name '*.html' -o -name Makefile -o -path '.ci/*' \) 2>/dev/null |
    while read -r file; do
        head -n 5 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file"
    done | rule "every file says its licence in its first lines"

sources src include tests | grep -v '\.inc$' | while read -r file; do
    lines=$(wc -l < "$file")
    [ "$lines" -le 500 ] || [ "$file" = include/onnxray/onnxray.h ] ||
        echo "notice: $file has $lines lines, more than 500"
done

# ---- the public header ----

strict="-Wall -Wextra -pedantic -Werror -Iinclude -fsyntax-only"
echo '#include <onnxray/onnxray.h>' > "$scratch/alone.c"
cp "$scratch/alone.c" "$scratch/alone.cc"
# shellcheck disable=SC2086 # flags are words
${CC:-cc} -std=c11 $strict "$scratch/alone.c" 2>&1 | rule "the public header is C11"
if command -v "${CXX:-c++}" >/dev/null; then
    # shellcheck disable=SC2086
    ${CXX:-c++} -std=c++17 $strict "$scratch/alone.cc" 2>&1 | rule "the public header is C++17"
else
    echo "notice: no C++ compiler, the public header was not tried with one"
fi

passed=$(grep -c passed "$scratch/results")
failed=$(grep -c failed "$scratch/results")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
