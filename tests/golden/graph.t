# Without -o the source goes to standard output; the extension selects the format.

$ onnxray graph samples/mlp.onnx | head -1
digraph onnxray {
$ onnxray graph -o mlp.dot samples/mlp.onnx; head -1 mlp.dot
digraph onnxray {
$ onnxray graph -o mlp.GV samples/mlp.onnx; head -1 mlp.GV
digraph onnxray {
$ onnxray graph -o odd.name --format dot samples/mlp.onnx; head -1 odd.name
digraph onnxray {

# A part of the graph: the nodes that are drawn in full.
$ drawn() { onnxray graph "$@" samples/mlp.onnx | tr -d '\n' | sed 's/];/];\n/g' | grep -v class=stub | grep -o 'tooltip="[a-z]*.n[A-Z]' | cut -c10- | cut -d'\' -f1 | tr '\n' ' '; echo; }; drawn; drawn --around relu --hops 0; drawn --around relu --hops 1; drawn --around relu; drawn --from relu; drawn --to relu; drawn --from hidden --to classes; drawn --from features --to logits; drawn --around '#2' --hops 1 --to relu
hidden relu classes softmax 
relu 
hidden relu classes 
hidden relu classes softmax 
relu classes softmax 
hidden relu 
hidden relu classes 
hidden relu classes 
relu 

# What is not there.
$ onnxray graph --around rela samples/mlp.onnx
onnxray: samples/mlp.onnx: no node, value or function is called 'rela'; did you mean 'relu'?
[1]
$ onnxray graph --from softmax --to hidden samples/mlp.onnx
onnxray: samples/mlp.onnx: nothing to draw: no way leads from one to the other
[1]
$ onnxray graph --scope encoder samples/mlp.onnx
onnxray: samples/mlp.onnx: no module is called 'encoder'
[1]

# Names inside bodies stand for the node that holds them.
$ onnxray graph --around leaf --hops 0 samples/control_nested.onnx | grep -c '^.n[0-9]'
2

# SVG needs nothing else; PNG and PDF need cairo, and dot is started for who asks for it. Without
# them nothing is written.
$ ONNXRAY_DOT=/nowhere/dot ONNXRAY_CAIRO=/nowhere/cairo onnxray graph -o mlp.svg samples/mlp.onnx && tail -1 mlp.svg
</svg>
$ ONNXRAY_CAIRO=/nowhere/cairo onnxray graph -o none.png samples/mlp.onnx
onnxray: samples/mlp.onnx: ONNXRAY_CAIRO names no library: /nowhere/cairo
[4]
$ ONNXRAY_DOT=/nowhere/dot onnxray graph --engine dot -o none.svg samples/mlp.onnx
onnxray: samples/mlp.onnx: ONNXRAY_DOT names no program: /nowhere/dot
[4]
$ [ -e none.svg ] || [ -e none.png ] || echo none
none

# What is left out: pieces that are drawn, by kind.
$ boxes() { onnxray graph "$@" -f svg | grep -o '<[gu][se]* id="[nw][0-9]*" class="[a-z]*' | sed 's/.*class="//' | sort | uniq -c | sed 's/^ *//' | paste -sd, -; }; boxes --fold none samples/digits_qdq.onnx; boxes samples/digits_qdq.onnx; boxes --fold qdq samples/digits_qdq.onnx; boxes samples/digits_fp32.onnx; boxes --depth 1 samples/digits_fp32.onnx
1 activation,4 layer,3 pool,28 quantization,1 shape
1 activation,4 layer,3 pool,28 quantization,1 shape
1 activation,4 layer,3 pool,1 shape
4 activation,4 layer,3 pool,1 shape
4 activation,4 layer,3 pool,1 shape
$ onnxray graph --fold qdq -f svg samples/digits_qdq.onnx | grep -o 'Folded: [^<]*'
Folded: 28 nodes of quantization
$ onnxray graph --fold qqd samples/mlp.onnx
onnxray: --fold: 'qqd' is not a list of constants, shapes, qdq and repeats, nor all or none
Try 'onnxray help graph'.
[2]
$ onnxray graph --fold none,qdq samples/mlp.onnx
onnxray: --fold: none goes with nothing else
Try 'onnxray help graph'.
[2]
$ onnxray graph --wrap 12 samples/mlp.onnx
onnxray: --wrap: '12' is not auto, none or a number of pixels from 100 to 1000000
Try 'onnxray help graph'.
[2]
$ onnxray graph --depth 0 samples/mlp.onnx
onnxray: --depth: '0' is not a whole number of at least 1
Try 'onnxray help graph'.
[2]
$ onnxray graph --color-by sqnr samples/mlp.onnx
onnxray: --color-by sqnr needs --diff: it is how faithful weights are to those of another model
Try 'onnxray help graph'.
[2]

# Numbers from outside.
$ printf 'name;ms\nrelu;1.5\nhidden;nan\n"no""body";2\nclasses;3\n' > ms.csv; onnxray graph --color-by ms.csv -f svg samples/mlp.onnx | grep -o 'class="scale[^"]*' | sort | uniq -c | sed 's/^ *//'
onnxray: ms.csv: 1 of 4 rows name no node of the model: 'no"body'
onnxray: ms.csv: 1 of 4 rows have no finite number
2 class="scale-0
1 class="scale-1
1 class="scale-2
1 class="scale-3
1 class="scale-4
1 class="scale-5
1 class="scale-6
1 class="scale-7
2 class="scale-8
3 class="scale-none
$ printf 'name,ms\nnobody,1\n' > none.csv; onnxray graph --color-by none.csv samples/mlp.onnx
onnxray: samples/mlp.onnx: --color-by: none.csv: no row of it names a node or a value of the model
[2]
$ onnxray graph --color-by mac samples/mlp.onnx
onnxray: samples/mlp.onnx: --color-by: mac: No such file or directory; it is category, type, macs, params, sqnr or a file
[2]
