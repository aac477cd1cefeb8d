# -o writes a file as a whole or not at all.

$ onnxray -f csv -o out.csv samples/mlp.onnx; cut -d, -f1 out.csv
file
samples/mlp.onnx
$ echo before > kept; onnxray -o kept none.onnx; cat kept; ls -A
onnxray: none.onnx: cannot open: No such file or directory
before
kept
out.csv
samples
$ onnxray -f json -o kept none.onnx 2>/dev/null | grep -c '"error"'; cat kept
1
before

# With several models, what could be read is written.
$ onnxray -f csv -o several samples/mlp.onnx none.onnx samples/cnn.onnx; cut -d, -f1 several
onnxray: none.onnx: cannot open: No such file or directory
file
samples/mlp.onnx
samples/cnn.onnx

# - is standard output.
$ onnxray -f csv -o - samples/mlp.onnx | cut -d, -f1
file
samples/mlp.onnx

# Permissions are kept, links are followed, what they lead to must exist.
$ chmod 600 kept; onnxray -o kept samples/mlp.onnx; ls -l kept | cut -c1-10
-rw-------
$ ln -s kept link; onnxray -f csv -o link samples/mlp.onnx; ls -l link | cut -c1; cut -d, -f1 kept
l
file
samples/mlp.onnx
$ ln -s nowhere dangling; onnxray -o dangling samples/mlp.onnx; [ -e nowhere ] || echo none
onnxray: dangling: a link that leads nowhere
none

# The model is never overwritten, by any of its names.
$ cp samples/mlp.onnx model.onnx; ln model.onnx hard; ln -s model.onnx soft
$ onnxray -o model.onnx model.onnx
onnxray: model.onnx: is the model itself, and is not overwritten
[4]
$ onnxray -o hard model.onnx
onnxray: hard: is the model itself, and is not overwritten
[4]
$ onnxray -o soft model.onnx
onnxray: soft: is the model itself, and is not overwritten
[4]
$ onnxray -o ./model.onnx samples/cnn.onnx model.onnx
onnxray: ./model.onnx: is the model itself, and is not overwritten
[4]
$ onnxray -o soft - < model.onnx
onnxray: soft: is the model itself, and is not overwritten
[4]
$ cmp model.onnx samples/mlp.onnx

# Nor are its weights in another file, which other models of the run do not change.
$ cp samples/external.onnx samples/external.data .; ln external.data weights
$ onnxray -o external.data external.onnx
onnxray: external.onnx: its weights are in the file that results would go to, which is not overwritten
[4]
$ onnxray -o weights samples/mlp.onnx external.onnx
onnxray: external.onnx: its weights are in the file that results would go to, which is not overwritten
[4]
$ onnxray diff -o weights external.onnx samples/mlp.onnx
onnxray: external.onnx: its weights are in the file that results would go to, which is not overwritten
[4]
$ onnxray check --write-baseline weights external.onnx
onnxray: external.onnx: its weights are in the file that results would go to, which is not overwritten
[4]
$ mkdir other; cp external.onnx other; onnxray -o other/external.data other/external.onnx; echo old >other/external.data
$ cd other; onnxray -o ../mine external.onnx; onnxray -o ./external.data external.onnx; cat external.data; cd ..
onnxray: external.onnx: its weights are in the file that results would go to, which is not overwritten
old
$ cmp external.data samples/external.data; ls -A | grep -c tmp
0
[1]

# Places that cannot be written.
$ onnxray -o samples samples/mlp.onnx
onnxray: samples: Is a directory
[4]
$ onnxray -o nowhere/out samples/mlp.onnx
onnxray: nowhere/out: No such file or directory
[4]
$ onnxray -o /dev/full samples/mlp.onnx
onnxray: /dev/full: No space left on device
[4]
$ onnxray samples/mlp.onnx > /dev/full
onnxray: standard output: No space left on device
[4]
$ onnxray help > /dev/full
onnxray: standard output: No space left on device
[4]
$ onnxray samples/mlp.onnx >&-
onnxray: standard output: Bad file descriptor
[4]
$ onnxray -f json -o nowhere/out samples/mlp.onnx 2>/dev/null
{
  "schema": 1,
  "error": {
    "code": "write",
    "message": "nowhere/out: No such file or directory",
    "file": null,
    "offset": null,
    "where": ""
  }
}
[4]

# Devices and pipes are written directly.
$ onnxray -o /dev/null samples/mlp.onnx
$ mkfifo pipe; cut -d, -f1 pipe & onnxray -f csv -o pipe samples/mlp.onnx; wait
file
samples/mlp.onnx

# A reader that goes away is no error.
$ (onnxray layers -f ndjson samples/transformer.onnx; echo "exit code $?" > code) | head -c 1; cat code
{exit code 0
$ (onnxray help; echo "exit code $?" > code) | true; cat code
exit code 0

# Nothing is left behind.
$ ls -A | grep tmp
[1]

# What the program gives up before it reads a model is told under -v; it can be kept.
$ onnxray -v --no-isolation samples/mlp.onnx >/dev/null
onnxray: not isolated: --no-isolation was given
