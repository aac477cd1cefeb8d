# Width: --width, then COLUMNS, then 80 where there is no terminal.

$ longest() { awk '{ if (length > n) n = length } END { print n }'; }; LC_ALL=C onnxray layers samples/transformer.onnx | longest
80
$ longest() { awk '{ if (length > n) n = length } END { print n }'; }; LC_ALL=C COLUMNS=70 onnxray layers samples/transformer.onnx | longest
70
$ longest() { awk '{ if (length > n) n = length } END { print n }'; }; LC_ALL=C COLUMNS=100 onnxray layers --width 60 samples/transformer.onnx | longest
60
$ longest() { awk '{ if (length > n) n = length } END { print n }'; }; LC_ALL=C COLUMNS=wide onnxray layers samples/transformer.onnx | longest
80

# Colour: not without a terminal, unless asked for.
$ esc=$(printf '\033'); onnxray samples/mlp.onnx | grep -c "$esc"
0
[1]
$ esc=$(printf '\033'); onnxray --color=always samples/mlp.onnx | grep -q "$esc"
$ esc=$(printf '\033'); NO_COLOR=1 onnxray --color=always samples/mlp.onnx | grep -q "$esc"
$ esc=$(printf '\033'); onnxray --color=always -f json samples/mlp.onnx | grep -c "$esc"
0
[1]

# The locale decides between 1×4 and 1x4.
$ LC_ALL=C.UTF-8 onnxray samples/mlp.onnx | grep -o '1.*4$'
1×4
$ LC_ALL=C onnxray samples/mlp.onnx | grep -o '1.*4$'
1x4
$ LC_ALL= LC_CTYPE= LANG=de_DE.utf8 onnxray samples/mlp.onnx | grep -o '1.*4$'
1×4
$ LC_ALL= LC_CTYPE=POSIX LANG=de_DE.utf8 onnxray samples/mlp.onnx | grep -o '1.*4$'
1x4
