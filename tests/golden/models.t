# A model that cannot be read names itself and says why; the exit code is 3.

$ onnxray none.onnx
onnxray: none.onnx: cannot open: No such file or directory
[3]
$ onnxray summary samples
onnxray: samples: is a directory, not a model
[3]
$ onnxray layers none.onnx
onnxray: none.onnx: cannot open: No such file or directory
[3]
$ : > empty.onnx; onnxray empty.onnx
onnxray: empty.onnx: not an ONNX model: the file is empty
[3]
$ echo hello > text.onnx; onnxray text.onnx
onnxray: text.onnx: not an ONNX model: a text file
[3]

# It does not stop the others. Reports come in order and are separated by an empty line.
$ onnxray samples/mlp.onnx none.onnx samples/cnn.onnx 2>/dev/null | grep -A1 -B1 'parameters$'
samples/mlp.onnx                                           720 B · 67 parameters
ONNX IR 8 · opset 17 · onnxray-samples
--

samples/cnn.onnx                                         1.01 kB · 85 parameters
ONNX IR 8 · opset 17 · onnxray-samples
$ onnxray samples/mlp.onnx none.onnx samples/cnn.onnx 2>&1 >/dev/null
onnxray: none.onnx: cannot open: No such file or directory
[3]
$ onnxray samples/mlp.onnx samples/cnn.onnx >/dev/null

# CSV: one header line. JSON: one document after another. NDJSON: one line each.
$ onnxray -f csv samples/mlp.onnx none.onnx samples/cnn.onnx 2>/dev/null | cut -d, -f1,7
file,nodes
samples/mlp.onnx,4
samples/cnn.onnx,6
$ onnxray -f ndjson samples/mlp.onnx none.onnx samples/cnn.onnx 2>/dev/null | cut -c1-60
{"schema":1,"file":{"path":"samples/mlp.onnx","bytes":720,"m
{"schema":1,"error":{"code":"io","message":"cannot open: No 
{"schema":1,"file":{"path":"samples/cnn.onnx","bytes":1005,"
$ onnxray -f json samples/mlp.onnx none.onnx samples/cnn.onnx 2>/dev/null | grep -e '"path"' -e '"file": "' -e '^[{}]'
{
    "path": "samples/mlp.onnx",
}
{
    "file": "none.onnx",
}
{
    "path": "samples/cnn.onnx",
}

# At the same time, and still in order.
$ onnxray -j 8 -f csv samples/[a-d]*.onnx > parallel; onnxray -f csv samples/[a-d]*.onnx > serial; cmp parallel serial
$ onnxray -j0 -f csv samples/mlp.onnx none.onnx samples/cnn.onnx | cut -d, -f1
onnxray: none.onnx: cannot open: No such file or directory
file
samples/mlp.onnx
samples/cnn.onnx
$ onnxray -j2 none.onnx nowhere.onnx
onnxray: none.onnx: cannot open: No such file or directory
onnxray: nowhere.onnx: cannot open: No such file or directory
[3]

# Standard input, with and without a way to go back.
$ onnxray - < samples/mlp.onnx | head -1
standard input                                             720 B · 67 parameters
$ cat samples/mlp.onnx | onnxray - | head -1
standard input                                             720 B · 67 parameters
$ gzip -c samples/mlp.onnx > mlp.onnx.gz; onnxray mlp.onnx.gz | head -1 | sed 's/ [0-9]* B/ N B/'
mlp.onnx.gz                        N B compressed, 720 B model · 67 parameters

# A file that ends too early is shown as far as it goes, with the message, and exit code 3.
$ head -c 500 samples/mlp.onnx > cut.onnx; onnxray cut.onnx > report; echo "exit code $?"; head -1 report
onnxray: cut.onnx: cut short: 500 bytes of at least 714 bytes are here; 4 nodes can be read, 3 of 5 weights and inputs they need are missing, at offset 500
exit code 3
cut.onnx                                                   500 B · 40 parameters
$ onnxray -f ndjson cut.onnx 2>/dev/null | grep -c '"schema":1.*"code":"truncated"'
1
$ onnxray layers -f ndjson cut.onnx 2>/dev/null | tail -1 | cut -c1-40
{"schema":1,"error":{"code":"truncated",

# More than allowed, of memory, nodes and nesting. Pictures and lists come out of the same memory.
$ onnxray --max-memory 1k samples/mlp.onnx
onnxray: samples/mlp.onnx: needs more than 1 kB of memory; --max-memory raises the limit
[3]
$ onnxray --max-nodes 3 samples/mlp.onnx
onnxray: samples/mlp.onnx: more than 3 nodes; --max-nodes raises the limit
[3]
$ onnxray --max-nodes 4 --max-depth 4 samples/mlp.onnx | head -1
samples/mlp.onnx                                           720 B · 67 parameters
$ onnxray --max-depth 3 samples/control_loop.onnx
onnxray: samples/control_loop.onnx: offset 94: graph.node[0].attribute[0].g: messages nest more than 3 deep; --max-depth raises the limit
[3]
$ onnxray --max-memory 200k layers samples/mlp.onnx | tail -1
   4 nodes                                 67  268 B    56    88 B  64 B
$ onnxray graph --max-memory 200k samples/mlp.onnx -o mlp.html; echo $?; test -e mlp.html || echo nothing written
onnxray: samples/mlp.onnx: needs more than 200 kB of memory; --max-memory raises the limit
3
nothing written
