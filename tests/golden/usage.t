# What is wrong with a command line is said in one sentence, with what was probably meant. Nothing
# is done, and the exit code is 2.

$ onnxray layers --tre samples/mlp.onnx
onnxray: unknown option '--tre'; did you mean '--tree'?
Try 'onnxray help layers'.
[2]
$ onnxray summary --tree samples/mlp.onnx
onnxray: 'summary' has no option '--tree'; it belongs to layers
Try 'onnxray help summary'.
[2]
$ onnxray layers -x samples/mlp.onnx
onnxray: unknown option '-x'
Try 'onnxray help layers'.
[2]
$ onnxray --frobnicate samples/mlp.onnx
onnxray: unknown option '--frobnicate'
Try 'onnxray help'.
[2]
$ onnxray summary --format=jsn samples/mlp.onnx
onnxray: --format: 'jsn' is not one of text, json, ndjson, csv or md; did you mean 'json'?
Try 'onnxray help summary'.
[2]
$ onnxray summary --format xml samples/mlp.onnx
onnxray: --format: 'xml' is not one of text, json, ndjson, csv or md
Try 'onnxray help summary'.
[2]
$ onnxray summary samples/mlp.onnx --format
onnxray: --format needs a value: --format FORMAT
Try 'onnxray help summary'.
[2]
$ onnxray summary --width 0 samples/mlp.onnx
onnxray: --width: '0' is not a whole number of at least 1
Try 'onnxray help summary'.
[2]
$ onnxray summary --width=1e3 samples/mlp.onnx
onnxray: --width: '1e3' is not a whole number of at least 1
Try 'onnxray help summary'.
[2]
$ onnxray summary --quiet=yes samples/mlp.onnx
onnxray: --quiet takes no value
Try 'onnxray help summary'.
[2]
$ onnxray summary -o '' samples/mlp.onnx
onnxray: --output: the value is empty
Try 'onnxray help summary'.
[2]

# Sizes are strict.
$ onnxray --max-memory 20XB samples/mlp.onnx
onnxray: --max-memory: '20XB' is not a size such as 500k, 20MiB or 1.5G
Try 'onnxray help'.
[2]
$ onnxray --max-memory -5 samples/mlp.onnx
onnxray: --max-memory: '-5' is not a size such as 500k, 20MiB or 1.5G
Try 'onnxray help'.
[2]
$ onnxray --max-memory 99999999999T samples/mlp.onnx
onnxray: --max-memory: '99999999999T' is not a size such as 500k, 20MiB or 1.5G
Try 'onnxray help'.
[2]
$ onnxray --max-memory 0 samples/mlp.onnx
onnxray: --max-memory: '0' is not a size such as 500k, 20MiB or 1.5G
Try 'onnxray help'.
[2]
$ for size in 64MiB 64mb 64000k 0.5G 67108864 64M 67108864B; do onnxray --max-memory $size samples/mlp.onnx | head -1; done
samples/mlp.onnx                                           720 B · 67 parameters
samples/mlp.onnx                                           720 B · 67 parameters
samples/mlp.onnx                                           720 B · 67 parameters
samples/mlp.onnx                                           720 B · 67 parameters
samples/mlp.onnx                                           720 B · 67 parameters
samples/mlp.onnx                                           720 B · 67 parameters
samples/mlp.onnx                                           720 B · 67 parameters

# Commands.
$ onnxray sumary samples/mlp.onnx
onnxray: 'sumary' is neither a command nor a file; did you mean 'summary'?
Try 'onnxray help'.
[2]
$ onnxray frobnicate samples/mlp.onnx
onnxray: 'frobnicate' is neither a command nor a file
Try 'onnxray help'.
[2]
$ onnxray help layer
onnxray: help: no command is called 'layer'; did you mean 'layers'?
Try 'onnxray help help'.
[2]
$ onnxray summary
onnxray: summary: the MODEL is missing
Try 'onnxray help summary'.
[2]
$ onnxray layers
onnxray: layers: the MODEL is missing
Try 'onnxray help layers'.
[2]
$ onnxray layers samples/mlp.onnx samples/cnn.onnx
onnxray: layers: takes one MODEL, not 2
Try 'onnxray help layers'.
[2]
$ onnxray show samples/mlp.onnx
onnxray: show: the NAME is missing
Try 'onnxray help show'.
[2]
$ onnxray version now
onnxray: version: takes no operand, not 1
Try 'onnxray help version'.
[2]
$ onnxray help layers show
onnxray: help: takes one COMMAND, not 2
Try 'onnxray help help'.
[2]
$ onnxray summary ''
onnxray: summary: a name is empty
Try 'onnxray help summary'.
[2]
$ onnxray summary - -
onnxray: summary: standard input can be read once only
Try 'onnxray help summary'.
[2]

# What belongs together.
$ onnxray graph --hops 2 samples/mlp.onnx
onnxray: --hops needs --around
Try 'onnxray help graph'.
[2]
$ onnxray graph -o picture.jpg samples/mlp.onnx
onnxray: -o: the extension is none of .dot, .gv, .svg, .png, .pdf and .html; add --format, or another extension
Try 'onnxray help graph'.
[2]
$ onnxray graph -f json samples/mlp.onnx
onnxray: --format: 'json' is not one of dot, svg, png, pdf or html
Try 'onnxray help graph'.
[2]

# Without anything the overview comes, on standard error.
$ onnxray 2>/dev/null
[2]
$ onnxray 2>&1 | head -3
onnxray looks inside ONNX models.

Usage: onnxray [COMMAND] [OPTION]... MODEL...

# The exit code does not need a place for the message.
$ onnxray --frobnicate 2>&-
[2]
$ onnxray layers none.onnx 2>&-
[3]

# The format for errors is known even when the error comes first; nothing else is on standard output.
$ onnxray layers --tre -f json samples/mlp.onnx 2>/dev/null
{
  "schema": 1,
  "error": {
    "code": "usage",
    "message": "unknown option '--tre'; did you mean '--tree'?",
    "file": null,
    "offset": null,
    "where": ""
  }
}
[2]
$ onnxray layers --tre -fndjson samples/mlp.onnx 2>/dev/null
{"schema":1,"error":{"code":"usage","message":"unknown option '--tre'; did you mean '--tree'?","file":null,"offset":null,"where":""}}
[2]

# Control bytes that were typed do not reach the terminal.
$ onnxray "$(printf '\033[31mred\n')"
onnxray: '\x1b[31mred' is neither a command nor a file
Try 'onnxray help'.
[2]
$ onnxray summary "$(printf '\033]0;title\007.onnx')"
onnxray: \x1b]0;title\x07.onnx: cannot open: No such file or directory
[3]
$ onnxray --"$(printf 'na\302\233me')" samples/mlp.onnx
onnxray: unknown option '--na\u{9b}me'
Try 'onnxray help'.
[2]
