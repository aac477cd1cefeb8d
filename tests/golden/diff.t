# Quantization: sizes, every weight against the one it stands for, nodes that came and went.
$ onnxray diff samples/digits_fp32.onnx samples/digits_qdq.onnx
digits_fp32.onnx → digits_qdq.onnx
the same network in int8 (qdq), worst weight 41.0 dB

                     before        after  change
  file              22.5 kB      14.3 kB   -36 %
  parameters         5.02 k       5.02 k       =
  weight bytes      20.1 kB      5.17 kB   -74 %
  MACs          397 k·batch  397 k·batch       =
  nodes                  12           37     +25

  Header               before           after
  producer             onnxray-samples  onnx.quantize
  producer version     –                0.1.0
  metadata onnx.infer  –                onnxruntime.quant

  4 of 4 weights quantized, 100 % of elements · 3.88 times smaller
  SQNR 41.0 dB at worst, 44.7 dB in the middle

  Weight        Operator  Types            SQNR dB  Max error  Worst channel
  fc.weight     Gemm      float32 → int8      41.0     0.0026    6 · 39.3 dB
  conv3.weight  Conv 3×3  float32 → int8      43.8     0.0018    1 · 41.6 dB
  conv2.weight  Conv 3×3  float32 → int8      44.7    0.00291   11 · 42.3 dB
  conv1.weight  Conv 3×3  float32 → int8      50.2    0.00321    2 · 46.3 dB
  fc.bias       Gemm      float32 → int32     62.6   4.76e-05              –
  conv3.bias    Conv 3×3  float32 → int32     69.2   2.87e-05              –
  conv2.bias    Conv 3×3  float32 → int32     71.0   2.48e-05              –
  conv1.bias    Conv 3×3  float32 → int32     71.3   1.05e-05              –

  Only before
  Nodes  Operator  Became                    Names
      3  Relu      absorbed by quantization  /relu1/Relu, /relu2/Relu, /relu3/R…

  Only after
  Nodes  Operator          Why           Names
     18  DequantizeLinear  quantization  conv1.bias_DequantizeLinear, conv1.wei…
     10  QuantizeLinear    quantization  image_QuantizeLinear, /relu1/Relu_outp…

  5 equal layers

  Operators         before  after  change
  DequantizeLinear       0     18     +18
  QuantizeLinear         0     10     +10
  Relu                   3      0      -3

# Other formats.
$ onnxray diff -f md samples/digits_fp32.onnx samples/digits_qdq.onnx | sed -n 1,20p
## digits_fp32.onnx → digits_qdq.onnx

the same network in int8 (qdq), worst weight 41.0 dB

|  | before | after | change |
| --- | ---: | ---: | ---: |
| file | 22.5 kB | 14.3 kB | -36 % |
| parameters | 5.02 k | 5.02 k | = |
| weight bytes | 20.1 kB | 5.17 kB | -74 % |
| MACs | 397 k·batch | 397 k·batch | = |
| nodes | 12 | 37 | +25 |

| Header | before | after |
| --- | --- | --- |
| producer | onnxray-samples | onnx.quantize |
| producer version | – | 0.1.0 |
| metadata onnx.infer | – | onnxruntime.quant |

4 of 4 weights quantized, 100 % of elements · 3.88 times smaller · SQNR 41.0 dB at worst, 44.7 dB in the middle
\
$ onnxray diff -f csv --top 2 samples/digits_fp32.onnx samples/digits_qdq.onnx | cut -d, -f1-4,8-13 | head -4
layer_a,layer_b,op_a,op_b,weight_a,weight_b,role,type_a,type_b,elements
/fc/Gemm,/fc/Gemm,Gemm,Gemm,fc.weight,fc.weight_quantized,weight,float32,int8,1440
/conv3/Conv,/conv3/Conv,Conv,Conv,conv3.weight,conv3.weight_quantized,weight,float32,int8,2304
/relu1/Relu,,Relu,,,,,,,
$ onnxray diff -f json samples/digits_fp32.onnx samples/digits_qdq.onnx | jq -c '[keys_unsorted, (.layers | length), (.only_a | length), .equal_layers, .relation]'
[["schema","a","b","same","relation","verdict","header","interface","operators","parameters","bytes","file_bytes","macs","weight_tensors","equal_layers","worst_sqnr_db","layers","only_a","only_b","other_weights"],4,3,5,"quantized"]
$ onnxray diff -f json samples/digits_fp32.onnx samples/digits_qdq.onnx | jq -c '.layers[0].weights[0] | [.a, .b, .type_a, .type_b, .elements, .worst_channel, (.sqnr_db * 10 | round)]'
["conv1.weight","conv1.weight_quantized","float32","int8",72,2,502]
$ onnxray diff -f ndjson samples/digits_fp32.onnx samples/digits_qdq.onnx | jq -rs 'length, .[0].a, .[0].matched_by'
35
/conv1/Conv
name

# Order and number of weights.
$ onnxray diff --sort name --top 2 samples/digits_fp32.onnx samples/digits_qdq.onnx | grep -A 3 SQNR.dB
  Weight        Operator  Types            SQNR dB  Max error  Worst channel
  conv1.bias    Conv 3×3  float32 → int32     71.3   1.05e-05              –
  conv1.weight  Conv 3×3  float32 → int8      50.2    0.00321    2 · 46.3 dB
  6 others                                  ≥ 41.0
$ onnxray diff --sort cheese samples/digits_fp32.onnx samples/digits_qdq.onnx
onnxray: samples/digits_qdq.onnx: cannot sort by 'cheese'; columns are damage, sqnr, error, elements, bytes, name, op, index
[2]
$ onnxray diff --no-weights samples/digits_fp32.onnx samples/digits_qdq.onnx | grep -c dB
0
[1]

# A model against itself, and against something else.
$ onnxray diff samples/mlp.onnx samples/mlp.onnx
mlp.onnx → mlp.onnx                                              nothing differs

                before  after  change
  file           720 B  720 B       =
  parameters        67     67       =
  weight bytes   268 B  268 B       =
  MACs              56     56       =
  nodes              4      4       =

  4 equal weights

  2 equal layers
$ onnxray diff samples/mlp.onnx samples/sparse.onnx
mlp.onnx → sparse.onnx                                          different models

                before  after  change
  file           720 B  294 B   -59 %
  parameters        67     45   -33 %
  weight bytes   268 B   76 B   -72 %
  MACs              56     90   +61 %
  nodes              4      3      -1

  Header         before  after
  opset ai.onnx  17      13
  graph name     mlp     sparse

  Inputs and outputs  before                       after
  input 0             features float32 [1,4]       x float32 [2,4]
  output 0            probabilities float32 [1,3]  y float32 [2,5]

  2 found by their place in the graph · 2 without a partner after
  1 not compared: hidden.weight: sparse
  1 not compared: classes.weight: shapes differ: [3,8] and [5,5]

  Changed
  Nodes  Operator  What      before    after     Names
      2  Gemm      operator  Gemm      MatMul    hidden, classes
      2  Gemm      shape     [1,8], …  [2,5], …  hidden, classes

  Only before
  Nodes  Operator  Became              Names
      1  Relu      fused into project  relu
      1  Softmax   fused into spread   softmax

  Only after
  Nodes  Operator  Why                 Names
      1  Constant  constant as a node  links_constant

  Operators  before  after  change
  Gemm            2      0      -2
  MatMul          0      2      +2
  Constant        0      1      +1
  Relu            1      0      -1
  Softmax         1      0      -1

# For scripts: the exit code, and why.
$ onnxray diff --exit-code samples/mlp.onnx samples/mlp.onnx > same
$ onnxray diff --exit-code samples/mlp.onnx samples/cnn.onnx > other
[1]
$ onnxray diff --min-sqnr 20 samples/digits_fp32.onnx samples/digits_qdq.onnx > fine
$ onnxray diff --min-sqnr 45dB samples/digits_fp32.onnx samples/digits_qdq.onnx > below
onnxray: samples/digits_qdq.onnx: 3 weights below 45 dB, the worst is fc.weight with 41.0 dB
[1]
$ onnxray diff --min-sqnr 20 samples/mlp.onnx samples/sparse.onnx > no-pairs
onnxray: samples/sparse.onnx: 2 weights could not be held to 20 dB
[1]
$ onnxray diff --max-growth 1% samples/digits_fp32.onnx samples/digits_qdq.onnx > fine
$ onnxray diff --max-growth=-50% samples/digits_fp32.onnx samples/digits_qdq.onnx > not-half
onnxray: samples/digits_qdq.onnx: size -36.2 %, allowed is -50 %
[1]
$ onnxray diff --max-growth 1% samples/digits_qdq.onnx samples/digits_fp32.onnx > larger
onnxray: samples/digits_fp32.onnx: size +56.7 %, allowed is +1 %
[1]
$ onnxray diff --max-growth much samples/mlp.onnx samples/mlp.onnx
onnxray: --max-growth: 'much' is not a number, such as 1%
Try 'onnxray help diff'.
[2]
$ onnxray diff --min-sqnr 20 --no-weights samples/mlp.onnx samples/mlp.onnx
onnxray: --min-sqnr needs the weights; leave --no-weights out
Try 'onnxray help diff'.
[2]

# Two models, no less and no more; both are named when they cannot be read.
$ onnxray diff samples/mlp.onnx
onnxray: diff: the second MODEL is missing
Try 'onnxray help diff'.
[2]
$ onnxray diff samples/mlp.onnx samples/mlp.onnx samples/mlp.onnx
onnxray: diff: takes two MODELs, not 3
Try 'onnxray help diff'.
[2]
$ onnxray diff none.onnx nowhere.onnx
onnxray: none.onnx: cannot open: No such file or directory
onnxray: nowhere.onnx: cannot open: No such file or directory
[3]
$ echo text > text.onnx; onnxray diff -f json samples/mlp.onnx text.onnx | jq -c .error.code
onnxray: text.onnx: not an ONNX model: a text file
"not_onnx"
$ onnxray diff - samples/mlp.onnx < samples/mlp.onnx | head -1
- → samples/mlp.onnx                                             nothing differs
$ onnxray diff - - < samples/mlp.onnx
onnxray: diff: standard input can be read once only
Try 'onnxray help diff'.
[2]
$ onnxray diff -o samples/mlp.onnx samples/mlp.onnx samples/cnn.onnx
onnxray: samples/mlp.onnx: is the model itself, and is not overwritten
[4]

# What is said of a name holds where the name is.
$ onnxray diff --dim batch=2 samples/digits_fp32.onnx samples/mlp.onnx | grep MACs
  MACs            793 k     56  -99.993 %
$ onnxray diff --dim batch=2 samples/digits_fp32.onnx samples/digits_qdq.onnx | grep MACs
  MACs            793 k    793 k       =
$ onnxray diff --dim nobody=2 samples/digits_fp32.onnx samples/mlp.onnx
onnxray: samples/digits_fp32.onnx: no dimension 'nobody'; the model has: batch
[2]

# Pictures: what is quantized is marked; both models in one.
$ onnxray graph -f svg samples/digits_qoperator.onnx | sed 's/<[^>]*>//g' | grep -o 'w int8 per channel · a uint8' | uniq -c | sed 's/^ *//'
4 w int8 per channel · a uint8
$ onnxray graph --diff samples/digits_qoperator.onnx samples/digits_fp32.onnx | tr -d '\n' | grep -o 'class="*[a-z]*[-0-9]*"*' | tr -d '"' | sort | uniq -c | sed 's/^ *//'
5 class=changed
2 class=helper
1 class=input
1 class=output
9 class=removed
4 class=sqnr-40
$ onnxray graph --diff none.onnx samples/digits_fp32.onnx
onnxray: none.onnx: cannot open: No such file or directory
[3]
$ onnxray graph --diff samples/digits_qoperator.onnx --around nobody samples/digits_fp32.onnx
onnxray: samples/digits_qoperator.onnx: no node, value or function is called 'nobody'
[1]

# What is in a model twice is no difference from itself.
$ onnxray diff samples/odd_repeats.onnx samples/odd_repeats.onnx
odd_repeats.onnx → odd_repeats.onnx                              nothing differs

                before  after  change
  file           289 B  289 B       =
  parameters         2      2       =
  weight bytes     8 B    8 B       =
  nodes              3      3       =

  1 equal weight

  2 equal layers
