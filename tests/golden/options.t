# Options may stand anywhere, be joined with their value or not, and short ones may be bundled.

$ onnxray -f csv samples/mlp.onnx | cut -d, -f1
file
samples/mlp.onnx
$ onnxray samples/mlp.onnx -fcsv | cut -d, -f1
file
samples/mlp.onnx
$ onnxray --format=csv summary samples/mlp.onnx | cut -d, -f1
file
samples/mlp.onnx
$ onnxray --format csv summary samples/mlp.onnx | cut -d, -f1
file
samples/mlp.onnx
$ onnxray summary samples/mlp.onnx -qvfcsv 2>/dev/null | cut -d, -f1
file
samples/mlp.onnx

# The last of several wins.
$ onnxray -f json -f csv samples/mlp.onnx | cut -d, -f1
file
samples/mlp.onnx

# After -- everything is an operand, and the command summary.
$ cp samples/mlp.onnx ./-f && onnxray -- -f | head -1
-f                                                         720 B · 67 parameters
$ onnxray -- help
onnxray: help: cannot open: No such file or directory
[3]

# A file that is called like a command needs its folder.
$ cp samples/mlp.onnx summary && onnxray -f csv ./summary | cut -d, -f1
file
./summary

# -h and -V win over everything but a mistake.
$ onnxray -V
onnxray 0.1.0
knows ONNX up to IR version 14 and opset 28
$ onnxray layers --version none.onnx
onnxray 0.1.0
knows ONNX up to IR version 14 and opset 28
$ onnxray layers -h | head -1
Usage: onnxray layers [OPTION]... MODEL
$ onnxray -h | head -1
onnxray looks inside ONNX models.
$ onnxray layers -h --tre
onnxray: unknown option '--tre'; did you mean '--tree'?
Try 'onnxray help layers'.
[2]
