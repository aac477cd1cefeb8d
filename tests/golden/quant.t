# How models are quantized: each scheme, what layers compute with, what stayed float, findings.

$ onnxray quant samples/digits_qdq.onnx
samples/digits_qdq.onnx
float operators between QuantizeLinear and DequantizeLinear (QDQ) · ONNX Runtime

  quantized    4 of 4 compute nodes · 100 % of weights · 100 % of MACs
  weights      4 × int8 per channel, symmetric
  activations  10 × uint8 per tensor, asymmetric
  biases       4 × int32 per channel

  Operator  Layer        Weight  per     Input          w scale  x scale  x zero
  Conv 3×3  /conv1/Conv  int8    axis 0  uint8  0.00384…0.00816  0.00392       0
  Conv 3×3  /conv2/Conv  int8    axis 0  uint8  0.00194…0.00585   0.0131       0
  Conv 3×3  /conv3/Conv  int8    axis 0  uint8  0.00135…0.00361   0.0241       0
  Gemm      /fc/Gemm     int8    axis 0  uint8  0.00319…0.00521   0.0227       0
$ onnxray quant samples/digits_qoperator.onnx
samples/digits_qoperator.onnx
operators that compute on integers, with fixed scales (QOperator) · ONNX Runtime

  quantized    4 of 4 compute nodes · 100 % of weights · 100 % of MACs
  weights      4 × int8 per channel, symmetric
  activations  6 × uint8 per tensor, asymmetric
  biases       4 × int32 per channel

  Operator         Layer              Weight  per     Input          w scale
  QLinearConv 3×3  /conv1/Conv_quant  int8    axis 0  uint8  0.00384…0.00816
  QLinearConv 3×3  /conv2/Conv_quant  int8    axis 0  uint8  0.00194…0.00585
  QLinearConv 3×3  /conv3/Conv_quant  int8    axis 0  uint8  0.00135…0.00361
  QGemm            /fc/Gemm_quant     int8    axis 0  uint8  0.00319…0.00521
$ onnxray quant samples/quant_dynamic.onnx
samples/quant_dynamic.onnx
scales of activations are measured while it runs (dynamic) · ONNX Runtime

  quantized    1 of 1 compute nodes · 100 % of weights · 100 % of MACs
  weights      1 × int8 per tensor, symmetric
  activations  1 × uint8 per tensor, measured while running

  Operator       Layer             Weight  per     Input  w scale  x scale
  MatMulInteger  /fc/MatMul_quant  int8    tensor  uint8   0.0063  dynamic
$ onnxray quant samples/quant_int4.onnx
samples/quant_int4.onnx
weights in few bits, computing with floats (weight-only) · ONNX Runtime

  quantized    2 of 2 compute nodes · 100 % of weights · 100 % of MACs
  weights      1 × int4 in blocks of 16, symmetric
               1 × uint4 in blocks of 16, symmetric

  Operator     Layer                 Weight  block  Input          w scale
  MatMul       /up/MatMul_matmul_Q4  int4    16     float32  0.0173…0.0436
  MatMulNBits  /gate/MatMul_Q4       uint4   16     float32  0.0115…0.0359
$ onnxray quant samples/quant_annotation.onnx
samples/quant_annotation.onnx
nothing is quantized, but some values say how they could be

  quantized    0 of 1 compute nodes · 0 % of weights · 0 % of MACs
  weights      1 × int8 per channel, symmetric, stored as floats
  activations  1 × uint8 per tensor, symmetric

  Operator  Layer   Weight  per     Input          w scale  x scale  x zero
  MatMul    matmul  int8    axis 0  uint8  0.00394…0.00787   0.0039     128

  Operator  Stayed float  Type  Share
  MatMul    matmul        int8  100 % of the MACs, 100 % of the weights, the fi…

# A float model says so, and that is no error.
$ onnxray quant samples/digits_fp32.onnx
samples/digits_fp32.onnx                                           not quantized

  quantized    0 of 4 compute nodes · 0 % of weights · 0 % of MACs
$ onnxray quant -f json samples/digits_fp32.onnx | jq -c '.scheme,.coverage,.tensors,.float_nodes,.findings'
"none"
{"nodes":0,"parameters":0,"macs":0}
[]
["/conv1/Conv","/conv2/Conv","/conv3/Conv","/fc/Gemm"]
[]

# Programs get every encoding.
$ onnxray quant -f json samples/digits_qdq.onnx | jq -c '.scheme,.toolchain,.coverage,.tensors[0]'
"qdq"
"ONNX Runtime"
{"nodes":1,"parameters":1,"macs":1}
{"name":"conv1.bias_quantized","of":"conv1.bias","role":"bias","type":"int32","bits":32,"shape":[8],"granularity":"axis","axis":0,"block_size":null,"symmetric":true,"dynamic":false,"fake":false,"scales":8,"scale":{"min":1.5049869944050442e-05,"max":3.198209378751926e-05,"values":[3.1982094e-05,2.2411612e-05,1.504987e-05,2.3900573e-05,1.585302e-05,2.6454534e-05,2.2322374e-05,2.3388915e-05]},"zero_point":{"min":0,"max":0,"values":[0,0,0,0,0,0,0,0]},"range":[-68681.0234375,68681.0234055179],"saturated":null,"node":"conv1.bias_DequantizeLinear","reader":"/conv1/Conv"}
$ onnxray quant -f csv samples/digits_qoperator.onnx | head -3
name,of,role,type,granularity,axis,block_size,symmetric,scales,scale_min,scale_max,zero_point_min,zero_point_max,range_low,range_high,dynamic,fake,node,reader
image_quantized,image,activation,uint8,tensor,,,false,1,0.003921568859368563,0.003921568859368563,0,0,0,1.0000000591389835,false,false,image_QuantizeLinear,/conv1/Conv_quant
conv1.weight_quantized,conv1.weight,weight,int8,axis,0,,true,8,0.003837716532871127,0.00815543346107006,0,0,-1.0438954830169678,1.0357400495558977,false,false,/conv1/Conv_quant,/conv1/Conv_quant
$ onnxray quant -f ndjson samples/quant_int4.onnx | jq -c '[.name,.of,.type,.granularity,.block_size,.scale.values]'
["up_DQ_Q4","up","int4","block",16,[0.01735,0.02744,0.03355,0.03538,0.01795,0.02294,0.04358,0.03833]]
["gate_Q4","gate","uint4","block",16,[0.01876,0.02774,0.0359,0.02711,0.01863,0.01751,0.01147,0.02014]]
$ onnxray quant -f md --top 1 --sort macs samples/digits_qoperator.onnx
## samples/digits_qoperator.onnx

operators that compute on integers, with fixed scales (QOperator) · ONNX Runtime

- **quantized**: 4 of 4 compute nodes · 100 % of weights · 100 % of MACs
- **weights**: 4 × int8 per channel, symmetric
- **activations**: 6 × uint8 per tensor, asymmetric
- **biases**: 4 × int32 per channel

| Operator | Layer | Weight | per | Input | w scale | w zero | x scale | x zero | Params | MACs |
| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
| QLinearConv 3×3 | /conv2/Conv_quant | int8 | axis 0 | uint8 | 0.00194…0.00585 | 0 | 0.0131 | 0 | 1.15 k | 226 k·batch |
| 3 others |  |  |  |  |  |  |  |  |  |  |

# A column that is not there.
$ onnxray quant --sort damage samples/digits_qdq.onnx
onnxray: samples/digits_qdq.onnx: cannot sort by 'damage'; columns are index, name, op, parameters, macs, scale
[2]

# show tells the same of one thing.
$ onnxray show samples/quant_int4.onnx '#0' | sed -n '/Quantization/,$p'
  Quantization
    up_DQ_Q4  int4 in blocks of 16 · scale 0.0173…0.0436 · zero point 0
              real -0.349…0.305
