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

# Pictures need dot; without it nothing is written.
$ if command -v dot > /dev/null; then onnxray graph -o mlp.svg samples/mlp.onnx && tail -1 mlp.svg; else echo '</svg>'; fi
</svg>
$ ONNXRAY_DOT=/nowhere/dot onnxray graph -o none.svg samples/mlp.onnx
onnxray: samples/mlp.onnx: ONNXRAY_DOT names no program: /nowhere/dot
[4]
$ [ -e none.svg ] || echo none
none
