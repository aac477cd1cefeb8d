# A name that is not there is told with names that are like it; the others are shown all the same.

$ onnxray show samples/mlp.onnx hiden
onnxray: samples/mlp.onnx: no node, value or function is called 'hiden'; did you mean 'hidden'?
[1]
$ onnxray show samples/mlp.onnx relu nothing 2>/dev/null | head -1
relu                                                                        Relu
$ onnxray show samples/mlp.onnx relu nothing >/dev/null
onnxray: samples/mlp.onnx: no node, value or function is called 'nothing'
[1]
$ onnxray show samples/mlp.onnx '#9' weight
onnxray: samples/mlp.onnx: no node, value or function is called '#9'
onnxray: samples/mlp.onnx: no node, value or function is called 'weight'; did you mean 'hidden.weight' or 'classes.weight'?
[1]
$ onnxray show -f json samples/mlp.onnx nothing 2>/dev/null
{
  "schema": 1,
  "error": {
    "code": "not_found",
    "message": "no node, value or function is called 'nothing'",
    "file": "samples/mlp.onnx",
    "offset": null,
    "where": ""
  }
}
[1]
