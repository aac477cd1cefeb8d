#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# External data is opened only when values are asked for: every command over a model whose one small
# tensor, a shape, is in another file, with an eye on what is opened. Needs strace and protoc.
#
# The last line is "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build}
if [ -n "${ORAY_SANITIZED:-}" ] || ! strace -qq -e trace=none true 2>/dev/null; then
    echo "notice: no strace here"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '\010\0\0\0\0\0\0\0\004\0\0\0\0\0\0\0' >"$work/shape.bin"
protoc -Iproto --encode=onnx.ModelProto proto/onnx.proto >"$work/m.onnx" <<'MODEL'
ir_version: 8
opset_import { version: 17 }
graph {
  name: "g"
  node { op_type: "ConstantOfShape" input: "s" output: "w" }
  node { op_type: "MatMul" input: "x" input: "w" output: "y" }
  node {
    op_type: "Constant" output: "c"
    attribute {
      name: "value" type: TENSOR
      t {
        data_type: 7 dims: 2 data_location: EXTERNAL
        external_data { key: "location" value: "shape.bin" }
      }
    }
  }
  input { name: "x" type { tensor_type { elem_type: 1 shape { dim { dim_value: 1 } dim { dim_value: 8 } } } } }
  output { name: "y" type { tensor_type { elem_type: 1 } } }
  initializer {
    name: "s" data_type: 7 dims: 2 data_location: EXTERNAL
    external_data { key: "location" value: "shape.bin" }
  }
}
MODEL
passed=0
failed=0

# opens yes|no COMMAND... : whether it opens the other file
opens() {
    wanted=$1
    shift
    strace -f -qq -e trace=open,openat,openat2 -o "$work/trace" "$B/onnxray" "$@" >/dev/null 2>&1
    if grep -q 'shape\.bin' "$work/trace"; then is=yes; else is=no; fi
    if [ "$is" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: onnxray $*: opens external data: $is, wanted $wanted"
    fi
}

for command in "summary" "summary -v" "summary -f json" "layers" "layers --all -f json" "params" \
    "params -f json" "graph --all -f dot"; do
    # shellcheck disable=SC2086 # words
    opens no $command "$work/m.onnx"
done
opens yes show "$work/m.onnx" s
opens yes show -f json "$work/m.onnx" s
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
