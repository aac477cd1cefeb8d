# What the reports look like. When a change of the display is meant, UPDATE=1 writes it down here, and
# the difference is the thing to review.

# A summary.
$ onnxray samples/cnn.onnx
samples/cnn.onnx                                         1.01 kB · 85 parameters
ONNX IR 8 · opset 17 · onnxray-samples

  input   image   float32  batch×3×8×8
  output  scores  float32  batch×3

  6 nodes · 0 of 6 shapes known · 6 symbolic
  888·batch MACs · peak activations 896 B·batch at conv

  Operators           count                Parameters      count  bytes
  BatchNormalization      1  ━━━━━━━━━━    weight             78  312 B
  Conv                    1  ━━━━━━━━━━    bias                3   12 B
  Flatten                 1  ━━━━━━━━━━    norm                4   16 B
  Gemm                    1  ━━━━━━━━━━    ────────────────────────────
  MaxPool                 1  ━━━━━━━━━━    total              85  340 B
  Relu                    1  ━━━━━━━━━━    norm statistic      4   16 B

  Not quantized · no findings
$ onnxray -v samples/digits_qdq.onnx 2>/dev/null
samples/digits_qdq.onnx                              14,342 B · 5,018 parameters
ONNX IR 8 · opset 17 · onnx.quantize 0.1.0

  onnx.infer  onnxruntime.quant

  input   image          float32  batch×1×28×28
  output  probabilities  float32  batch×10

  37 nodes · 8 of 37 shapes known · 29 symbolic
  396,576·batch MACs
  peak activations 31,360 B·batch at /relu1/Relu_output_0_QuantizeLinear

  Operators         count
  DequantizeLinear     18  ━━━━━━━━━━
  QuantizeLinear       10  ━━━━━
  Conv                  3  ━
  MaxPool               3  ━
  Flatten               1  ━
  Gemm                  1  ━
  Softmax               1  ━

  Parameters    tensors  count    bytes   share  bits each
  weight              4  4,968  4,968 B  99.0 %          8
  bias                4     50    200 B   1.0 %         32
  ────────────────────────────────────────────────────────
  total               8  5,018  5,168 B   100 %        8.2
    int8              4  4,968  4,968 B  99.0 %          8
    int32             4     50    200 B   1.0 %         32
  quantization       28    212    680 B               25.7

  Quantized (QDQ) · 100 % of compute nodes · 100 % of parameters · no findings
$ onnxray -f md samples/mlp.onnx
## samples/mlp.onnx

720 B · 67 parameters

ONNX IR 8 · opset 17 · onnxray-samples

|  | Name | Type | Shape |
| --- | --- | --- | --- |
| input | features | float32 | 1×4 |
| output | probabilities | float32 | 1×3 |

4 nodes · 4 of 4 shapes known

56 MACs · peak activations 64 B at relu

| Operators | count |
| --- | ---: |
| Gemm | 2 |
| Relu | 1 |
| Softmax | 1 |

| Parameters | tensors | count | bytes | share | bits each |
| --- | ---: | ---: | ---: | ---: | ---: |
| weight | 2 | 56 | 224 B | 83.6 % | 32 |
| bias | 2 | 11 | 44 B | 16.4 % | 32 |
| total | 4 | 67 | 268 B | 100 % | 32 |

Not quantized · no findings
$ LC_ALL=C onnxray --width 60 samples/mlp.onnx
samples/mlp.onnx                        720 B, 67 parameters
ONNX IR 8, opset 17, onnxray-samples

  input   features       float32  1x4
  output  probabilities  float32  1x3

  4 nodes, 4 of 4 shapes known
  56 MACs, peak activations 64 B at relu

  Operators  count                Parameters  count  bytes
  Gemm           2  ==========    weight         56  224 B
  Relu           1  =====         bias           11   44 B
  Softmax        1  =====         ------------------------
                                  total          67  268 B

  Not quantized, no findings

# Layers, also as a tree.
$ onnxray layers samples/cnn.onnx
\#  Operator            Name     Output       Params       MACs       Memory
0  Conv 3×3            conv     batch×2×4×4      54  864·batch  128 B·batch
1  BatchNormalization  bn       batch×2×4×4       4          –  128 B·batch
2  Relu                relu     batch×2×4×4       –          –  128 B·batch
3  MaxPool 2×2         pool     batch×2×2×2       –          –   32 B·batch
4  Flatten             flatten  batch×8           –          –   32 B·batch
5  Gemm                fc       batch×3          27   24·batch   12 B·batch
───────────────────────────────────────────────────────────────────────────
   6 nodes                                       85  888·batch  460 B·batch
$ onnxray layers --sort parameters --top 3 samples/digits_fp32.onnx
 #  Operator  Name         Output          Params          MACs         Memory
 6  Conv 3×3  /conv3/Conv  batch×16×7×7    2.32 k   113 k·batch  3.14 kB·batch
10  Gemm      /fc/Gemm     batch×10        1.45 k  1.44 k·batch     40 B·batch
 3  Conv 3×3  /conv2/Conv  batch×16×14×14  1.17 k   226 k·batch  12.5 kB·batch
    9 others                                   80  56.4 k·batch  76.5 kB·batch
──────────────────────────────────────────────────────────────────────────────
    12 nodes                               5.02 k   397 k·batch  92.2 kB·batch
$ onnxray layers --op 'Conv*' -f csv samples/digits_fp32.onnx | tr -d '\r'
index,name,op,domain,category,scope,graph,inputs,outputs,output_type,output_shape,parameters,parameter_bytes,macs,macs_expression,memory,memory_expression,live,live_expression,intensity
0,/conv1/Conv,Conv,ai.onnx,layer,conv1,,image; conv1.weight; conv1.bias,/conv1/Conv_output_0,float32,batchx8x28x28,80,320,,56448*batch,,25088*batch,,28224*batch,
3,/conv2/Conv,Conv,ai.onnx,layer,conv2,,/pool1/MaxPool_output_0; conv2.weight; conv2.bias,/conv2/Conv_output_0,float32,batchx16x14x14,1168,4672,,225792*batch,,12544*batch,,18816*batch,
6,/conv3/Conv,Conv,ai.onnx,layer,conv3,,/pool2/MaxPool_output_0; conv3.weight; conv3.bias,/conv3/Conv_output_0,float32,batchx16x7x7,2320,9280,,112896*batch,,3136*batch,,6272*batch,
$ onnxray layers --all samples/control_nested.onnx
\#  Operator  Name   Graph           Type     Output  Params  Bytes  Memory  Live
0  Loop      loop                   float32  2            –      –     8 B  58 B
0  Identity  pass   loop.body       bool     scalar       –      –     1 B     –
1  If        outer  loop.body       float32  2            –      –     8 B     –
0  Add       shift  loop.…n_branch  float32  2            2    8 B     8 B     –
1  If        inner  loop.…n_branch  float32  2            –      –     8 B     –
0  Identity  keep   loop.…e_branch  float32  2            –      –     8 B     –
0  Mul       mix    loop.…n_branch  float32  2       shared      –     8 B     –
1  Sub       leaf   loop.…n_branch  float32  2            –      –     8 B     –
0  Neg       leaf   loop.…e_branch  float32  2            –      –     8 B     –
────────────────────────────────────────────────────────────────────────────────
   9 nodes                                                2    8 B    65 B  58 B
$ onnxray layers --tree --depth 3 samples/transformer.onnx
Module             Operators            Nodes  Params                       MACs
embed              Gather                   1      88                          –
layers.0, 1 ×2     Add ×2                 140  1.20 k     32·batch·sequence² + …
├─ norm1 ×2        LayerNormalization       2      32                          –
├─ attn ×2         Shape ×2, Constant…    108     576     32·batch·sequence² + …
│  ├─ q_proj ×2    MatMul, Add              4     144         128·batch·sequence
│  ├─ k_proj ×2    MatMul, Add              4     144         128·batch·sequence
│  ├─ v_proj ×2    MatMul, Add              4     144         128·batch·sequence
│  └─ out_proj ×2  MatMul, Add              4     144         128·batch·sequence
├─ norm2 ×2        LayerNormalization       2      32                          –
└─ mlp ×2                                  24     560         512·batch·sequence
   ├─ fc1 ×2       MatMul, Add              4     288         256·batch·sequence
   ├─ act ×2       Constant ×3, Div, …     16       –                          –
   └─ fc2 ×2       MatMul, Add              4     272         256·batch·sequence
norm               LayerNormalization       1      16                          –
head               MatMul, Add              2      99          88·batch·sequence
────────────────────────────────────────────────────────────────────────────────
total                                     144  1.40 k     32·batch·sequence² + …

# Parameters.
$ onnxray params samples/digits_qdq.onnx
samples/digits_qdq.onnx                              5.02 k parameters · 5.17 kB

  Role          tensors   count    bytes   share  bits each
  weight              4  4.97 k  4.97 kB  99.0 %          8
  bias                4      50    200 B   1.0 %         32
  ─────────────────────────────────────────────────────────
  total               8  5.02 k  5.17 kB   100 %        8.2
    int8              4  4.97 k  4.97 kB  99.0 %          8
    int32             4      50    200 B   1.0 %         32
  quantization       28     212    680 B               25.7

  Tensor                       Role          Type     Shape       Count    Bytes
  conv3.weight_quantized       weight        int8     16×16×3×3  2.30 k  2.30 kB
  fc.weight_quantized          weight        int8     10×144     1.44 k  1.44 kB
  conv2.weight_quantized       weight        int8     16×8×3×3   1.15 k  1.15 kB
  conv1.weight_quantized       weight        int8     8×1×3×3        72     72 B
  conv2.weight_scale           quantization  float32  16             16     64 B
  conv2.weight_zero_point      quantization  int8     16             16     16 B
  conv2.bias_quantized         bias          int32    16             16     64 B
  conv2.bias_quantized_scale   quantization  float32  16             16     64 B
  conv2.bias…tized_zero_point  quantization  int32    16             16     64 B
  conv3.weight_scale           quantization  float32  16             16     64 B
  26 others                                                         166    544 B
  ──────────────────────────────────────────────────────────────────────────────
  36 tensors                                                     5.23 k  5.85 kB

  initializers alone hold 5.23 k elements
$ onnxray params --by type samples/digits_qdq.onnx
samples/digits_qdq.onnx                              5.02 k parameters · 5.17 kB

  Type   tensors   count    bytes   share
  int8         4  4.97 k  4.97 kB  99.0 %  ━━━━━━━━━━━━━━━━
  int32        4      50    200 B   1.0 %
  ─────────────────────────────────────────────────────────
  total        8  5.02 k  5.17 kB

  besides     quantization 212

  initializers alone hold 5.23 k elements
$ onnxray params --by tensor --sort bytes --top 3 -f md samples/digits_fp32.onnx
## samples/digits_fp32.onnx

5.02 k parameters · 20.1 kB

| Tensor | Role | Type | Shape | Storage | Used by | Count | Bytes |
| --- | --- | --- | --- | --- | --- | ---: | ---: |
| conv3.weight | weight | float32 | 16×16×3×3 | typed | /conv3/Conv | 2.30 k | 9.22 kB |
| fc.weight | weight | float32 | 10×144 | typed | /fc/Gemm | 1.44 k | 5.76 kB |
| conv2.weight | weight | float32 | 16×8×3×3 | typed | /conv2/Conv | 1.15 k | 4.61 kB |
| 5 others |  |  |  |  |  | 122 | 488 B |
| 8 tensors |  |  |  |  |  | 5.02 k | 20.1 kB |

# Single things.
$ onnxray show samples/mlp.onnx hidden hidden.bias features
hidden                                                                      Gemm

  operator    ai.onnx.Gemm · opset 17 · version 13 · layer
  place       main graph · node 0 of 4 · bytes 24 to 103 of the file
  costs       40 parameters · 160 B · 32 MACs · 0.31 FLOP/B
  memory      32 B of outputs · 208 B moved · 48 B alive meanwhile

  Attributes
    alpha     1 · default
    beta      1 · default
    transA    0 · default
    transB    1

  Inputs
    A  features       float32  1×4  input of main graph
    B  hidden.weight  float32  8×4  initializer · 128 B
    C  hidden.bias    float32  8    initializer = 0.1, -0.05, 0, 0.2, -0.15, 0.…

  Outputs
    Y  hidden_out  float32  1×8  to relu

hidden.bias                                                            float32 8

  kind        initializer · main graph · role: bias
  size        8 elements · 32 B
  stored as   typed data in the model file · 32 bytes · tensor at byte 446
  read by     hidden as C

  Statistics
    range     from -0.15 to 0.2 · mean 0.01375 · std 0.1045
    of these  1 zero (12.5 %)
    spread    █····█···█···█··█···█·█········█

  Values
     0.1   -0.05   0      0.2   -0.15   0.07   0.03  -0.09

features                                                             float32 1×4

  kind        input · main graph
  read by     hidden as A
$ onnxray show samples/control_if.onnx choose
choose                                                                        If

  operator    ai.onnx.If · opset 17 · version 16 · control
  place       main graph · node 0 of 1 · bytes 25 to 326 of the file
  costs       10 parameters · 40 B · 6·n MACs
  memory      4 B·n·u0 of outputs · 4 B·n·u0 + 1 B moved
              4 B·n·u0 + 20 B·n + 1 B alive meanwhile

  Attributes
    else_branch  graph choose.else_branch, 1 node
    then_branch  graph choose.then_branch, 1 node

  Inputs
    cond  wide  bool  scalar  input of main graph

  Outputs
    outputs[0]  y  float32  n×u0  output of main graph
$ onnxray show samples/functions.onnx LeakyMix
LeakyMix                                           function of samples.functions

  size        3 nodes · 1 input · 1 output
  opsets      ai.onnx 21
  called by   with_default · mix
  about       A leaky rectifier with a gain.

  Attributes
    alpha     given by the caller
    beta      0.5 · default

  Inputs
    v  float32  batch×6

  Outputs
    r  float32  batch×6

  Nodes
  #  Operator   Name   Reads      Gives
  0  LeakyRelu  leak   v          leaked
  1  Constant   gain              g
  2  Mul        scale  leaked, g  r

  Metadata
    onnxray.sample.level  function

LeakyMix:two                                       function of samples.functions

  size        2 nodes · 2 inputs · 1 output
  opsets      ai.onnx 21 · samples.functions 1
  called by   with_two

  Attributes
    alpha     given by the caller
    beta      0.5 · default

  Inputs
    v  float32  batch×6
    w  float32  batch×6

  Outputs
    r  float32  batch×6

  Nodes
  #  Operator  Name  Reads  Gives
  0  Add       join  v, w   sum
  1  LeakyMix  mix   sum    r

# Values are read only when somebody asks for them.

$ onnxray params --stats --by tensor samples/mlp.onnx
samples/mlp.onnx                                           67 parameters · 268 B

  Tensor          Type     Shape    Min   Max     Mean     Std   Zeros
  hidden.weight   float32  8×4    -0.74  0.91   0.1078  0.4808     0 %
  hidden.bias     float32  8      -0.15   0.2  0.01375  0.1045  12.5 %
  classes.weight  float32  3×8    -0.76  0.95   0.1358  0.4814     0 %
  classes.bias    float32  3      -0.03  0.02        0  0.0216     0 %
$ onnxray params --stats -f csv samples/mlp.onnx
name,type,shape,elements,bytes,role,storage,graph,scope,used_by,min,max,mean,std,zeros,non_finite
hidden.weight,float32,8x4,32,128,weight,typed,,,hidden,-0.7400000095367432,0.9100000262260437,0.10781249892897904,0.4808373852174719,0,0
hidden.bias,float32,8,8,32,bias,typed,,,hidden,-0.15000000596046448,0.20000000298023224,0.013749999227002263,0.10451525257590463,1,0
classes.weight,float32,3x8,24,96,weight,typed,,,classes,-0.7599999904632568,0.949999988079071,0.13583333557471633,0.4813775041796022,0,0
classes.bias,float32,3,3,12,bias,typed,,,classes,-0.029999999329447746,0.019999999552965164,0,0.02160246851184006,0,0
$ onnxray params --stats -f ndjson --top 1 samples/mlp.onnx
{"name":"hidden.weight","type":"float32","shape":[8,4],"elements":32,"bytes":128,"role":"weight","storage":"typed","graph":"","scope":"","used_by":["hidden"],"stats":{"min":-0.7400000095367432,"max":0.9100000262260437,"mean":0.10781249892897904,"std":0.4808373852174719,"zeros":0,"non_finite":0,"nans":0,"lowest":0,"highest":0}}
