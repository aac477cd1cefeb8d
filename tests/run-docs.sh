#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Help, manual pages and completion say what the program does: they come from the same tables, are
# well-formed, and fit the screen. What a tool is needed for is skipped where it is not installed.
#
#     B=build sh tests/run-docs.sh
#
# The last line is "N passed, N failed".
set -u

top=$(cd "$(dirname "$0")/.." && pwd)
B=$(cd "${B:-build}" && pwd) || exit 2
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT HUP TERM
PATH=$B:$PATH
LC_ALL=C.UTF-8
export PATH LC_ALL
unset COLUMNS PAGER ONNXRAY_PAGER
passed=0 failed=0

# check WHAT COMMAND...: the command succeeds and prints nothing.
check()
{
    what=$1
    shift
    if "$@" > "$scratch/said" 2>&1 && [ ! -s "$scratch/said" ]; then
        passed=$((passed + 1))
    else
        echo "FAILED: $what"
        sed 's/^/    /' "$scratch/said"
        failed=$((failed + 1))
    fi
}

# check_same WHAT EXPECTED COMMAND...
check_same()
{
    what=$1 expected=$2
    shift 2
    got=$("$@" 2>&1 | tr '\n' ' ' | sed 's/ $//')
    if [ "$got" = "$expected" ]; then
        passed=$((passed + 1))
    else
        printf 'FAILED: %s\n    expected: %s\n    got:      %s\n' "$what" "$expected" "$got"
        failed=$((failed + 1))
    fi
}

installed()
{
    command -v "$1" > /dev/null 2>&1 || { echo "skipped: $1 is not installed"; false; }
}

commands=$(onnxray help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')

# ------------------------------------------------------------------------------- help ----------

narrow()
{
    onnxray help $1 | awk 'length > 79 { print FILENAME ": " $0 }'
}
check "help fits 80 columns" narrow ''
for c in $commands; do
    check "help $c fits 80 columns" narrow "$c"
    onnxray help "$c" > "$scratch/help"
    onnxray "$c" --help > "$scratch/option"
    check "$c --help is help $c" cmp "$scratch/help" "$scratch/option"
done

# ---------------------------------------------------------------------------- manual pages -----

mkdir "$scratch/man"
sh "$top/man/make.sh" "$B/onnxray" "$scratch/man"
for page in "$scratch"/man/*; do
    name=$(basename "$page")
    check "man/$name is what the tables say (make man)" cmp "$page" "$top/man/$name"
done
if installed mandoc; then
    for page in "$top"/man/*.[1357]; do
        lint()
        {
            mandoc -T lint "$page" 2>&1 | grep -v -e 'referenced manual not found' \
                -e 'operating system explicitly specified' -e 'outdated mandoc.db' | grep .
            [ $? -eq 1 ]
        }
        check "mandoc finds nothing in $(basename "$page")" lint
    done
fi

undocumented()
{
    for function in $(grep -o '\boray_[a-z_0-9]*(' "$top/include/onnxray/onnxray.h" |
        sort -u | tr -d '('); do
        grep -q "^ORAY_API.*[ *]$function(" "$top/include/onnxray/onnxray.h" || continue
        grep -q "^\.F[no] $function\b" "$top/man/onnxray.3" || echo "$function"
    done
}
check "onnxray.3 has every function of the header" undocumented

# Every member that the commands write for a sample; attributes of its nodes are not ours.
unexplained()
{
    sample=$B/samples/mlp.onnx
    for command in summary layers 'layers --tree' params 'params --by type'; do
        onnxray $command -f json "$sample"
    done > "$scratch/json"
    onnxray show -f ndjson "$sample" relu hidden.weight mlp >> "$scratch/json"
    onnxray show -f ndjson "$B/samples/metadata.onnx" Twice >> "$scratch/json"
    onnxray diff -f json "$B/samples/digits_fp32.onnx" "$B/samples/digits_qdq.onnx" >> "$scratch/json"
    onnxray diff -f json "$sample" "$B/samples/sparse.onnx" >> "$scratch/json"
    sed -e 's/"attributes":{[^}]*}//g' -e 's/"defaults":{[^}]*}//g' "$scratch/json" |
        grep -o '"[a-z_]*": *' | tr -d '": ' | sed 's/_known$//' | sort -u |
        while read -r key; do
            sed 's/\\(dq/"/g' "$top/man/onnxray-json.5" | grep -q "\b$key\b" || echo "$key"
        done
}
check "onnxray-json.5 explains every member" unexplained

# ------------------------------------------------------------------------------ completion -----

for shell in bash zsh fish; do
    onnxray help --complete $shell > "$scratch/completion.$shell"
    if installed $shell; then
        check "$shell reads its completion" $shell -n "$scratch/completion.$shell"
    fi
done

# complete_bash WORD...: what bash offers for the last word. "--x=y" is three words to bash.
complete_bash()
{
    (cd "$scratch/files" && bash --norc -c '
        . "$1"; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        complete -p onnxray | grep -q -- "-F _onnxray" || exit 1
        _onnxray
        printf "%s\n" "${COMPREPLY[@]}" | sort' - "$scratch/completion.bash" "$@")
}
if installed bash; then
    mkdir -p "$scratch/files/folder" "$scratch/files/with space"
    touch "$scratch/files/a.onnx" "$scratch/files/b.onnx.gz" "$scratch/files/notes.txt"
    files='a.onnx b.onnx.gz folder with space'
    check_same "commands complete" "layers" complete_bash onnxray lay
    check_same "so do files, without a command" "a.onnx" complete_bash onnxray a
    check_same "models and folders are offered" "$files" complete_bash onnxray layers ''
    check_same "-o takes any file" "notes.txt" complete_bash onnxray graph -o n
    check_same "options complete" "--unsafe-external" complete_bash onnxray summary --un
    check_same "a command has its own options" "--tree" complete_bash onnxray layers --tr
    check_same "and not those of others" "" complete_bash onnxray summary --tr
    check_same "values complete" "csv json md ndjson text" complete_bash onnxray summary -f ''
    check_same "values follow the command" "dot html pdf png svg" complete_bash onnxray graph --format ''
    check_same "values complete after =" "json" complete_bash onnxray layers --format = j
    check_same "and right after it" "auto dark light" complete_bash onnxray graph --theme =
    check_same "help takes commands" "params" complete_bash onnxray help pa
fi

zsh_completion()
{
    zsh -f -c 'autoload -U compinit; compinit -D; . "$1"
        [[ $_comps[onnxray] == _onnxray ]] && (( $+functions[_onnxray_layers] ))' - \
        "$scratch/completion.zsh"
}
if installed zsh; then
    check "zsh registers its completion" zsh_completion
fi
if installed fish; then
    offered()
    {
        HOME=$scratch fish --no-config -c "source $scratch/completion.fish; complete -C '$1'" |
            cut -f1 | sort
    }
    check_same "fish completes commands" "layers" offered 'onnxray lay'
    check_same "fish completes options" "--tree" offered 'onnxray layers --tr'
    check_same "fish completes values" "json" offered 'onnxray layers --format j'
fi

# -------------------------------------------------------------------------------- the room -----

foreign()
{
    grep -hn '#include' "$top"/src/cli/*.[ch] | grep -v -e '"[a-z_]*\.h"' -e '<[a-z_]*\.h>' \
        -e '<sys/[a-z]*\.h>' -e '<linux/[a-z]*\.h>' -e '<onnxray/onnxray\.h>'
    grep -ho '#include "[a-z_]*\.h"' "$top"/src/cli/*.[ch] | sort -u | cut -d'"' -f2 |
        while read -r header; do
            [ -f "$top/src/cli/$header" ] || echo "$header"
        done
}
check "src/cli stands on the public header alone" foreign

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
