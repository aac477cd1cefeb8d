#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs into a scratch folder as a packager would, and uses what is there as a user would: the
# examples in C and C++, against the shared and the static library, through pkg-config.
#
#     B=build sh tests/package/run.sh       CC, CXX, MAKE and PKG_CONFIG name the tools
#
# The last line is "N passed, N failed".
set -u

cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
CC=${CC:-cc}
CXX=${CXX:-c++}
PKG_CONFIG=${PKG_CONFIG:-pkg-config}
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT HUP TERM
mkdir "$root/work"
work=$root/work
dest=$root/dest
LC_ALL=C.UTF-8
export LC_ALL

passed=0 failed=0

# check "what it says" COMMAND...
check()
{
    what=$1
    shift
    if "$@" > "$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        echo "FAILED: $what"
        head -n 20 "$work/log" | sed 's/^/    /'
        failed=$((failed + 1))
    fi
}

make_target()
{
    ${MAKE:-make} --no-print-directory B="$B" PREFIX=/usr DESTDIR="$dest" "$1"
}

config()
{
    PKG_CONFIG_SYSROOT_DIR=$dest PKG_CONFIG_PATH=$dest/usr/lib/pkgconfig "$PKG_CONFIG" "$@"
}

# ---- what is installed ----

check "make install works" make_target install
[ -d "$dest/usr" ] || {
    echo "$passed passed, $failed failed"
    exit 1
}
version=$(sed -n 's/^#define ORAY_VERSION_[A-Z]* *//p' include/onnxray/onnxray.h | paste -sd. -)
major=${version%%.*}

for file in bin/onnxray include/onnxray/onnxray.h lib/libonnxray.a "lib/libonnxray.so.$version" \
    "lib/libonnxray.so.$major" lib/libonnxray.so lib/pkgconfig/onnxray.pc \
    share/man/man1/onnxray.1 share/man/man1/onnxray-summary.1 share/man/man1/onnxray-layers.1 \
    share/man/man1/onnxray-params.1 share/man/man1/onnxray-graph.1 share/man/man1/onnxray-show.1 \
    share/man/man3/onnxray.3 share/man/man5/onnxray-json.5 \
    share/man/man7/onnxray-costs.7 share/man/man1/onnxray-diff.1 share/man/man1/onnxray-quant.1 \
    share/man/man1/onnxray-check.1 \
    share/bash-completion/completions/onnxray share/zsh/site-functions/_onnxray \
    share/fish/vendor_completions.d/onnxray.fish; do
    check "$file is installed" test -s "$dest/usr/$file"
done

only_known()
{
    find "$dest" ! -type d | sed "s|^$dest/usr/||" | grep -vE "^(bin/onnxray|include/onnxray/onnxray\.h|\
lib/libonnxray\.(a|so(\.$major|\.$version)?)|lib/pkgconfig/onnxray\.pc|\
share/man/man[1357]/onnxray[-a-z]*\.[1357]|share/(bash-completion|zsh|fish)/.*onnxray[^/]*)$"
    [ $? -eq 1 ]
}
check "nothing else is installed" only_known

commands_have_pages()
{
    for page in man/*.[1-9]; do
        [ -s "$dest/usr/share/man/man${page##*.}/${page##*/}" ] || { echo "$page"; return 1; }
    done
}
check "every manual page is installed" commands_have_pages
check "the header is the one of the source" \
    cmp include/onnxray/onnxray.h "$dest/usr/include/onnxray/onnxray.h"

links_are_relative()
{
    [ "$(readlink "$dest/usr/lib/libonnxray.so.$major")" = "libonnxray.so.$version" ] &&
        case $(readlink "$dest/usr/lib/libonnxray.so") in
        "libonnxray.so.$major" | "libonnxray.so.$version") true ;;
        *) false ;;
        esac
}
check "the links of the library lead to it" links_are_relative

says_version()
{
    "$dest/usr/bin/onnxray" --version | grep -F "$version"
}
check "the installed program runs" says_version
is_alone()
{
    ! readelf -d "$dest/usr/bin/onnxray" | grep 'NEEDED.*libonnxray'
}
check "the program does not need the shared library" is_alone
loads_cairo_later()
{
    ! readelf -d "$dest/usr/bin/onnxray" "$dest/usr/lib/libonnxray.so" | grep 'NEEDED.*cairo'
}
check "cairo is loaded only for pictures" loads_cairo_later

nothing_of_the_scratch()
{
    ! grep -rlF "$dest" "$dest/usr/lib/pkgconfig" "$dest/usr/share" &&
        ! readelf -d "$dest/usr/lib/libonnxray.so" "$dest/usr/bin/onnxray" | grep -E 'R(UN)?PATH'
}
check "no file remembers where it was built" nothing_of_the_scratch

bash_reads_completion()
{
    bash -n "$dest/usr/share/bash-completion/completions/onnxray"
}
command -v bash >/dev/null && check "bash reads its completion" bash_reads_completion

# ---- pkg-config ----

prefix_is_usr()
{
    grep -x 'prefix=/usr' "$dest/usr/lib/pkgconfig/onnxray.pc"
}
version_is_right()
{
    [ "$(config --modversion onnxray)" = "$version" ]
}
libs_are_few()
{
    libs=" $(config --libs onnxray) "
    echo "$libs"
    ! echo "$libs" | grep -E -- '-l(cgraph|cjson|z|protobuf-c) '
}
check "onnxray.pc has the prefix of the installation" prefix_is_usr
check "onnxray.pc has the version of the header" version_is_right
check "onnxray.pc is valid" config --validate onnxray
check "a user of the shared library links nothing else" libs_are_few
check "a user of the static library finds what it needs" config --static --libs onnxray

# ---- what the shared library shows ----

exported()
{
    nm -D --defined-only "$dest/usr/lib/libonnxray.so" | awk '{ print $3 }' | sed 's/@.*//' | sort -u
}
declared()
{
    tr '\n' ' ' < include/onnxray/onnxray.h | sed 's/ORAY_API/\n&/g' |
        sed -n 's/^ORAY_API[^(;]*[ *]\(oray_[a-z0-9_]*\)(.*/\1/p' | sort -u
}
only_ours()
{
    exported | grep -v '^oray_'
    [ $? -eq 1 ]
}
all_declared()
{
    exported > "$work/exported"
    declared > "$work/declared"
    [ "$(wc -l < "$work/declared")" -gt 30 ] && diff "$work/declared" "$work/exported"
}
soname_is_major()
{
    readelf -d "$dest/usr/lib/libonnxray.so" | grep "SONAME.*\[libonnxray\.so\.$major\]"
}
check "the shared library exports only oray_ symbols" only_ours
check "it exports exactly what the header declares" all_declared
check "its name has the major version" soname_is_major

# ---- the examples ----

strict="-Wall -Wextra -pedantic -Werror -O1"

# compile OUTPUT COMPILER "FLAGS" SOURCE shared|static
compile()
{
    if [ "$5" = static ]; then
        libs=$(config --static --libs onnxray | sed 's/-lonnxray/-l:libonnxray.a/')
    else
        libs=$(config --libs onnxray)
    fi
    # shellcheck disable=SC2046,SC2086 # flags are words
    $2 $3 $strict -o "$work/$1" "tests/package/$4" $(config --cflags onnxray) $libs
}
needs_library()
{
    readelf -d "$work/$1" | grep 'NEEDED.*libonnxray\.so\.'
}
needs_no_library()
{
    [ -x "$work/$1" ] && ! needs_library "$1"
}
example()
{
    variant=$1
    shift
    LD_LIBRARY_PATH=$dest/usr/lib "$work/$variant" "$@"
}

model=$B/samples/mlp.onnx
check "the samples are there" test -s "$model"
check "the C example compiles, shared" compile c-shared "$CC" -std=c11 example.c shared
check "the C example compiles, static" compile c-static "$CC" -std=c11 example.c static
variants="c-shared c-static"
if command -v "$CXX" >/dev/null; then
    check "the C++ example compiles, shared" compile cc-shared "$CXX" -std=c++17 example.cc shared
    check "the C++ example compiles, static" compile cc-static "$CXX" -std=c++17 example.cc static
    variants="$variants cc-shared cc-static"
else
    echo "notice: no C++ compiler, the C++ example was not tried"
fi

"$dest/usr/bin/onnxray" summary -f json "$model" > "$work/summary.json"
total=$(sed -n 's/^ *"total": *\([0-9]*\),.*/\1/p' "$work/summary.json" | head -n 1)

tells_all()
{
    example "$1" "$model" > "$work/said" || return 1
    cat "$work/said"
    for pattern in '^input [^ ]+ float32 ' '^output [^ ]+ float32 ' "^[0-9]+ nodes, $total parameters$" \
        '^node [^ ]+: [A-Za-z]+, [0-9]+ in, [0-9]+ out$' '^[^ ]+ -?[0-9.e-]+ -?[0-9.e-]+'; do
        grep -qE "$pattern" "$work/said" || { echo "no line '$pattern'"; return 1; }
    done
}
same_said()
{
    example c-shared "$model" > "$work/first" && example "$1" "$model" > "$work/second" &&
        diff "$work/first" "$work/second"
}
same_json()
{
    example "$1" "$model" --json > "$work/json" && cmp "$work/json" "$work/summary.json"
}
handles_error()
{
    example "$1" "$work/none.onnx" > "$work/said" 2>&1
    [ $? -eq 1 ] && grep -E 'none\.onnx: .*\(io\)$' "$work/said" &&
        { example "$1" tests/package/run.sh > "$work/said" 2>&1; [ $? -eq 1 ]; } &&
        grep -E 'not an ONNX model.*\(not_onnx\)$' "$work/said"
}
for name in $variants; do
    case $name in
    *shared) check "$name uses the shared library" needs_library "$name" ;;
    *) check "$name does without the shared library" needs_no_library "$name" ;;
    esac
    check "$name tells what is in a model" tells_all "$name"
    check "$name says what the others say" same_said "$name"
    check "$name writes the JSON of the program" same_json "$name"
    check "$name handles errors" handles_error "$name"
done

# ---- and away again ----

nothing_left()
{
    make_target uninstall && ! find "$dest" ! -type d | grep .
}
check "make uninstall leaves no file" nothing_left

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
