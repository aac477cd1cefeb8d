# Shapes that nobody wrote down, and costs: what the user says about dimensions and inputs, how costs
# are counted, formulas where symbols are, and what happens when the model contradicts itself.

# Costs depend on symbols until these have values.
$ onnxray -f json samples/cnn.onnx | jq -c .compute
{"macs":null,"macs_known":0,"macs_expression":"888*batch","macs_nodes":2,"macs_unknown_nodes":0,"count":"macs","peak_activation_bytes":null,"peak_activation_bytes_known":0,"peak_activation_expression":"896*batch","peak_activation_node":"conv"}
$ onnxray -f json --dim batch=4 samples/cnn.onnx | jq -c .compute,.graph.inputs,.graph.outputs
{"macs":3552,"macs_nodes":2,"macs_unknown_nodes":0,"count":"macs","peak_activation_bytes":3584,"peak_activation_node":"conv"}
[{"name":"image","type":"float32","shape":[4,3,8,8]}]
[{"name":"scores","type":"float32","shape":[4,3]}]
$ onnxray layers --input image:2x3x8x8 samples/cnn.onnx
\#  Operator            Name     Type     Output   Params  Bytes    MACs  Memory
0  Conv 3×3            conv     float32  2×2×4×4      54  216 B  1.73 k   256 B
1  BatchNormalization  bn       float32  2×2×4×4       4   16 B       –   256 B
2  Relu                relu     float32  2×2×4×4       –      –       –   256 B
3  MaxPool 2×2         pool     float32  2×2×2×2       –      –       –    64 B
4  Flatten             flatten  float32  2×8           –      –       –    64 B
5  Gemm                fc       float32  2×3          27  108 B      48    24 B
───────────────────────────────────────────────────────────────────────────────
   6 nodes                                            85  340 B  1.78 k   920 B
$ onnxray layers --input 'image:[?, 3, 16, 16]' --op Conv samples/cnn.onnx
\#  Operator      Name  Output       Params  Bytes          MACs       Memory
0  Conv 3×3      conv  batch×2×8×8      54  216 B  3.46 k·batch  512 B·batch
────────────────────────────────────────────────────────────────────────────
   1 of 6 nodes                         54  216 B  3.46 k·batch  512 B·batch
$ onnxray layers -f csv --input image:2,3,8,8 --op Conv samples/cnn.onnx | tr -d '\r' | cut -d, -f11-
output_shape,parameters,parameter_bytes,macs,macs_expression,memory,memory_expression,live,live_expression,intensity
2x2x4x4,54,216,1728,,256,,1792,,1.7211155378486056

# A name is what its value says; the model's own words stay where nothing else is known.
$ onnxray samples/dims.onnx | sed -n 4,16p
  input   symbolic    float32  batch×3
  input   anonymous   float32  u0×3
  input   anything    float32  height*2 + 1×u1
  output  flattened   float32  6*batch
  output  some_out    float32  u0×3
  output  scaled_out  float32  2*height+1×u1
  output  joined      float32  2×3

  5 nodes · 1 of 5 shapes known · 4 symbolic
  peak activations 16 B·height·u1 + 24 B·batch + 12 B·u0 + 8 B·u1 at scaled

  Operators  count                Parameters      count  bytes
  Concat         2  ━━━━━━━━━━    none
$ onnxray -f json samples/dims.onnx | jq -c '.graph.inputs[], .graph.outputs[] | [.name, .shape]'
["symbolic",["batch",3]]
["anonymous",[null,3]]
["anything",["height*2 + 1",null]]
["flattened",["6*batch"]]
["some_out",["u0",3]]
["scaled_out",["height*2 + 1","u1"]]
["joined",[2,3]]
$ onnxray -f json samples/dims.onnx --dim batch=2 --input anonymous:7x3 | jq -c '.graph.inputs[].shape'
[2,3]
[7,3]
["height*2 + 1",null]

# The contents of an input, from a file that is a tensor.
$ printf '\010\002\020\007\112\020\002\0\0\0\0\0\0\0\003\0\0\0\0\0\0\0' > shape.pb && onnxray layers samples/reshape_by_input.onnx && onnxray layers --bind shape=shape.pb samples/reshape_by_input.onnx
\#  Operator  Name     Type     Output  Params  Bytes  MACs   Memory
0  Reshape   form     float32  u0×3         –      –     –  12 B·u0
1  MatMul    product  float32  u0×2         6   24 B  6·u0   8 B·u0
───────────────────────────────────────────────────────────────────
   2 nodes                                  6   24 B  6·u0  20 B·u0
\#  Operator  Name     Type     Output  Params  Bytes  MACs  Memory  Live  FLOP/B
0  Reshape   form     float32  2×3          –      –     –    24 B  64 B       –
1  MatMul    product  float32  2×2          6   24 B    12    16 B  40 B    0.38
────────────────────────────────────────────────────────────────────────────────
   2 nodes                                  6   24 B    12    40 B  64 B

# Only what the model declares.
$ onnxray --no-infer samples/cnn.onnx | sed -n 4,9p
  input   image   float32  batch×3×8×8
  output  scores  float32  batch×3

  6 nodes · 0 of 6 shapes known · 1 symbolic

  Operators           count                Parameters      count  bytes
$ onnxray --no-infer -f json samples/cnn.onnx | jq -c .compute,.shapes
{"macs":null,"macs_known":0,"macs_nodes":0,"macs_unknown_nodes":2,"macs_unknown_operators":[{"domain":"ai.onnx","op":"Conv"},{"domain":"ai.onnx","op":"Gemm"}],"count":"macs","peak_activation_bytes":null,"peak_activation_node":null}
{"values":6,"known":0,"symbolic":1,"unknown":5,"unknown_from":[],"unknown_from_count":0}

# Other ways to count.
$ onnxray layers --count flops samples/mlp.onnx
\#  Operator  Name     Type     Output  Params  Bytes  FLOPs  Memory  Live
0  Gemm      hidden   float32  1×8         40  160 B     72    32 B  48 B
1  Relu      relu     float32  1×8          –      –      8    32 B  64 B
2  Gemm      classes  float32  1×3         27  108 B     51    12 B  44 B
3  Softmax   softmax  float32  1×3          –      –      9    12 B  24 B
─────────────────────────────────────────────────────────────────────────
   4 nodes                                 67  268 B    140    88 B  64 B
$ onnxray --count thop samples/mlp.onnx | sed -n 7,8p
  4 nodes · 4 of 4 shapes known
  64 MACs, counted as thop does · peak activations 64 B at relu
$ onnxray -f json --count onnx-tool samples/mlp.onnx | jq -c .compute
{"macs":183,"macs_nodes":4,"macs_unknown_nodes":0,"count":"onnx-tool","peak_activation_bytes":64,"peak_activation_node":"relu"}

# Columns to sort by, and everything at once on a wide page.
$ onnxray layers --width 120 --dim batch=1 --sort intensity --top 3 samples/digits_fp32.onnx
\#  Operator  Name         Type     Output      Params    Bytes    MACs   Memory     Live  FLOP/B
3  Conv 3×3  /conv2/Conv  float32  1×16×14×14  1.17 k  4.67 kB   226 k  12.5 kB  18.8 kB    19.2
6  Conv 3×3  /conv3/Conv  float32  1×16×7×7    2.32 k  9.28 kB   113 k  3.14 kB  6.27 kB    14.5
0  Conv 3×3  /conv1/Conv  float32  1×8×28×28       80    320 B  56.4 k  25.1 kB  28.2 kB    3.96
   9 others                                    1.45 k  5.80 kB  1.44 k  51.4 kB
────────────────────────────────────────────────────────────────────────────────────────────────
   12 nodes                                    5.02 k  20.1 kB   397 k  92.2 kB  50.2 kB
$ onnxray layers --dim batch=1 --sort live --top 2 -f ndjson samples/digits_fp32.onnx | jq -c '[.name, .macs, .memory, .live, .intensity]'
["/relu1/Relu",0,25088,50176,null]
["/pool1/MaxPool",0,6272,31360,null]

# Formulas are cut between terms, long names of symbols within them.
$ LC_ALL=C onnxray layers --width 60 --sort macs --top 3 samples/transformer.onnx
  #  Operator    Name        Output   Params            MACs
 41  MatMul      /la..atMul  ..x2x..       -  8*batch*sequ..
 45  MatMul      /la..Mul_1  ba..ex4       -  8*batch*sequ..
111  MatMul      /la..atMul  ..x2x..       -  8*batch*sequ..
     141 others                       1.40 k  8*batch.. + ..
------------------------------------------------------------
     144 nodes                        1.40 k  32*batc.. + ..
$ onnxray layers --width 100 --sort macs --top 3 samples/transformer.onnx
  #  Operator    Name           Output                     Params              MACs           Memory
 41  MatMul      /lay…n/MatMul  batch×2×sequence×sequence       –  8·batch·se…ence²  8 B·batch·s…ce²
 45  MatMul      /lay…MatMul_1  batch×2×sequence×4              –  8·batch·se…ence²   32 B·b…ch·s…ce
111  MatMul      /lay…n/MatMul  batch×2×sequence×sequence       –  8·batch·se…ence²  8 B·batch·s…ce²
     141 others                                            1.40 k   8·b…ch·s…e² + …   32 B·b…·s… + …
────────────────────────────────────────────────────────────────────────────────────────────────────
     144 nodes                                             1.40 k  32·b…ch·s…e² + …   48 B·b…·s… + …
$ onnxray -v samples/transformer.onnx 2>/dev/null | grep -A2 'shapes known'
  144 nodes · 74 of 144 shapes known · 70 symbolic
  32·batch·sequence² + 1,112·batch·sequence MACs
  peak activations 16 B·batch·sequence² + 64 B·batch·sequence + 16 B at

# Modules.
$ onnxray layers --tree --depth 1 --dim batch=1 --dim sequence=16 samples/transformer.onnx
Module          Operators                Nodes  Params    Bytes    MACs   Memory
embed           Gather                       1      88    352 B       –    512 B
layers.0, 1 ×2  LayerNormalization ×2,…    140  1.20 k  4.80 kB  24.6 k  51.0 kB
norm            LayerNormalization           1      16     64 B       –    512 B
head            MatMul, Add                  2      99    396 B  1.41 k  1.41 kB
────────────────────────────────────────────────────────────────────────────────
total                                      144  1.40 k  5.61 kB  26.0 k  53.4 kB

# What is inside of loops and branches counts where it is entered, unless it has rows of its own.
$ onnxray layers samples/control_if.onnx
\#  Operator  Name    Type     Output  Params  Bytes  MACs    Memory
0  If        choose  float32  n×u0        10   40 B   6·n  4 B·n·u0
───────────────────────────────────────────────────────────────────
   1 node                                 10   40 B   6·n  4 B·n·u0
$ onnxray layers --all samples/control_if.onnx
\#  Operator  Name            Graph       Output  Params  MACs             Memory
0  If        choose                      n×u0         –     –           4 B·n·u0
0  MatMul    project         cho…branch  n×3          6   6·n             12 B·n
0  MatMul    project_narrow  cho…branch  n×2          4   4·n              8 B·n
────────────────────────────────────────────────────────────────────────────────
   3 nodes                                           10   6·n  4 B·n·u0 + 20 B·n
only the larger branch of an If is in the total
$ onnxray layers --all samples/control_scan.onnx
\#  Operator  Name         Graph        Output  Params  Bytes              Memory
0  Scan      running_sum               3 +1         –      –  12 B·length + 12 B
0  Mul       weigh        runn…m.body  3            3   12 B                12 B
1  Add       accumulate   runn…m.body  3            –      –                12 B
2  Identity  emit         runn…m.body  3            –      –                12 B
────────────────────────────────────────────────────────────────────────────────
   4 nodes                                          3   12 B  12 B·length + 48 B

# An operator that nobody knows has an unknown cost.
$ onnxray samples/custom_domain.onnx | sed -n 4,10p
  input   x   float32  1×16
  output  y1  float32  a×?
  output  y2  float32  1×32

  4 nodes · 3 of 5 shapes known · 1 symbolic · 1 unknown
  shapes get lost at block (FusedBlock)
  MACs unknown (0 of 1 node; unknown: com.example.accelerator.FusedBlock)
$ onnxray -f json samples/custom_domain.onnx | jq -c .compute,.shapes
{"macs":null,"macs_known":0,"macs_nodes":0,"macs_unknown_nodes":1,"macs_unknown_operators":[{"domain":"com.example.accelerator","op":"FusedBlock"}],"count":"macs","peak_activation_bytes":null,"peak_activation_node":null}
{"values":5,"known":3,"symbolic":1,"unknown":1,"unknown_from":["block"],"unknown_from_count":1}

# Where the model contradicts itself, what its nodes make counts.
$ onnxray samples/odd_shapes.onnx | sed -n 4,12p
  input   x  float32  2×4
  output  y  float32  2×3 !
  ! the model declares y as int64 2×3×1

  4 nodes · 3 of 4 shapes known · 1 symbolic
  shapes get lost at flatten (Flatten)
  60 MACs
  12 parameters shared by several nodes
\
$ onnxray -v samples/odd_shapes.onnx 2>/dev/null | sed -n '/Not quantized/,$p'
  Not quantized · 5 errors
  error       product: the model declares shape [2,5], but it is [2,3]
              [declared-shape]
  error       y: the model declares type int64, but it is float32
              [declared-shape]
  error       misfit: inner sizes of the product: 3 and 4 should be equal
              [shape-mismatch]
  error       impossible: the model declares shape [1], but it is [4,3]
              [declared-shape]
  error       flatten: axis 7 does not fit rank 2 [bad-axis]
$ onnxray layers samples/odd_shapes.onnx
\#  Operator  Name     Type     Output  Params  Bytes  MACs  Memory    Live
0  MatMul    matmul   float32  2×3 !       12   48 B    24    24 B    56 B
1  Relu      relu     float32  2×3 !        –      –     –    24 B    48 B
2  MatMul    misfit   float32  4×3 !   shared      –    36    48 B    48 B
3  Flatten   flatten  float32  ?×?          –      –     –       ?  ≥ 48 B
──────────────────────────────────────────────────────────────────────────
   4 nodes                                 12   48 B    60  ≥ 96 B  ≥ 56 B
! not the shape that the model declares; onnxray show tells both
$ onnxray show samples/odd_shapes.onnx y
y                                                                    float32 2×3

  kind        output · main graph
  declared    int64 2×3×1 ! not what the nodes make of it
  made by     relu · Relu · Y
$ onnxray show samples/odd_shapes.onnx matmul | sed -n '/Inputs/,$p'
  Inputs
    A  x  float32  2×4  input of main graph
    B  w  float32  4×3  initializer · 48 B

  Outputs
    Y  product  float32  2×3 !  to relu, flatten · declared 2×5
$ onnxray show -f json samples/odd_shapes.onnx y | jq -c .type,.shape,.declared
"float32"
[2,3]
{"type":"int64","shape":[2,3,1]}

# Misuse.
$ onnxray --dim batch samples/cnn.onnx
onnxray: samples/cnn.onnx: --dim: 'batch' is not NAME=N, such as batch=4
[2]
$ onnxray --dim batch=many samples/cnn.onnx
onnxray: samples/cnn.onnx: --dim: 'batch=many' is not NAME=N, such as batch=4
[2]
$ onnxray --dim time=4 samples/cnn.onnx
onnxray: samples/cnn.onnx: no dimension 'time'; the model has: batch
[2]
$ onnxray --input image samples/cnn.onnx
onnxray: samples/cnn.onnx: --input: 'image' is not NAME:SHAPE, such as x:1x3x224x224
[2]
$ onnxray --input image:1xx3 samples/cnn.onnx
onnxray: samples/cnn.onnx: --input: 'image:1xx3' is not NAME:SHAPE, such as x:1x3x224x224
[2]
$ onnxray --input picture:1x3x8x8 samples/cnn.onnx
onnxray: samples/cnn.onnx: no input 'picture'; the model has: image
[2]
$ onnxray --bind image samples/cnn.onnx
onnxray: samples/cnn.onnx: --bind: 'image' is not NAME=FILE, such as shape=input_1.pb
[2]
$ onnxray --bind image=none.npy samples/cnn.onnx
onnxray: samples/cnn.onnx: --bind: none.npy: cannot open it: No such file or directory
[2]
$ onnxray --bind image=samples/cnn.onnx samples/cnn.onnx
onnxray: samples/cnn.onnx: --bind: samples/cnn.onnx: it is neither a .npy file nor a TensorProto
[2]
$ onnxray --count cycles samples/cnn.onnx
onnxray: --count: 'cycles' is not one of macs, flops, torchvision, fvcore, thop or onnx-tool
Try 'onnxray help'.
[2]
$ onnxray layers --sort weight samples/cnn.onnx
onnxray: samples/cnn.onnx: cannot sort by 'weight'; columns are index, name, op, scope, parameters, bytes, macs, memory, live, intensity
[2]
$ onnxray -f json --dim time=4 samples/cnn.onnx | jq -c .error.code
onnxray: samples/cnn.onnx: no dimension 'time'; the model has: batch
"usage"
