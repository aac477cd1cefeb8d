# What is wrong with models: rule by rule, each place, what to do. Rules are named here so that new
# ones change nothing.
$ onnxray check --rule not-sorted samples/odd_cycle.onnx
samples/odd_cycle.onnx

  error    not-sorted: a node stands before the one whose output it reads
    graph/node[0] a: 'c' is read before it is produced
    graph/node[3] self: 'me' is read before it is produced
    through_body.then_branch/node[0] n: 'late' is read before it is produced
    through_body.else_branch/node[0] i: 'after' is read before it is produced
    graph/node[6] early: 'made_later' is read before it is produced
    → sort the nodes so that every value is made before it is read

  5 errors
[1]
$ onnxray check --rule not-sorted samples/mlp.onnx
samples/mlp.onnx                                                     no findings
$ onnxray check --rule declared-shape --rule bad-axis samples/odd_shapes.onnx
samples/odd_shapes.onnx

  error    declared-shape: the model declares another shape or type than its
           operators make
    graph/value product: the model declares shape [2,5], but it is [2,3]
    graph/output y: the model declares type int64, but it is float32
    graph/value impossible: the model declares shape [1], but it is [4,3]
    → take the declaration out, or infer shapes again after changing a model

  error    bad-axis: an axis is outside of the dimensions, or named twice
    graph/node[3] flatten: axis 7 does not fit rank 2
    → correct the axis, it counts from 0, or from -1 backwards

  4 errors
[1]
$ onnxray check --width 60 --rule undefined-input samples/odd_undefined.onnx
samples/odd_undefined.onnx

  error    undefined-input: something is read that nobody
           defines
    graph/output never: graph output 'never' is not produced
      by anything
    graph/value nobody: 'nobody' is read but never defined
    → add the missing initializer, input or node, or correct
      the name

  2 errors
[1]

# Of many findings of one rule the first are shown.
$ onnxray check --rule declared-shape --rule bad-shape samples/odd_zero_division.onnx
samples/odd_zero_division.onnx

  error    declared-shape: the model declares another shape or type than its
           operators make
    graph/output c: the model declares shape [?], but it is [1,1,?,?]
    graph/output p: the model declares shape [?], but it is [1,1,?,?]
    graph/output s: the model declares shape [?], but it is [?,?,?,?]
    graph/output sl: the model declares shape [?], but it is [u0,1,4,4]
    → take the declaration out, or infer shapes again after changing a model

  4 errors
[1]
$ onnxray check --rule external-data samples/odd_external.onnx
samples/odd_external.onnx

  error    external-data: data in another file cannot be read from there
    graph/initializer up: external data '../../../../etc/hostname': refused:
      leads out of the model's directory (allow with --unsafe-external)
    graph/initializer absolute: external data '/etc/hostname': refused: an
      absolute path (allow with --unsafe-external)
    graph/initializer detour: external data 'a/../../b': refused: leads out of
      the model's directory (allow with --unsafe-external)
    graph/initializer backslash: external data '..\..\\x': refused: not a
      portable relative path (allow with --unsafe-external)
    graph/initializer drive: external data 'C:\\x': refused: not a portable
      relative path (allow with --unsafe-external)
    15 more; -v shows them
    → put the file beside the model, or save the model with its data again

  20 errors
[1]
$ onnxray check --rule not-sorted --no-rule graph samples/odd_cycle.onnx
samples/odd_cycle.onnx                                               no findings
$ onnxray check --rule truncated samples/mlp.onnx --severity error
samples/mlp.onnx                                                     no findings

# Other formats.
$ onnxray check -f md --rule not-sorted samples/odd_cycle.onnx
## samples/odd_cycle.onnx

5 errors

| level | rule | where | what is the matter |
| --- | --- | --- | --- |
| error | not-sorted | graph/node\[0\] a | 'c' is read before it is produced |
| error | not-sorted | graph/node\[3\] self | 'me' is read before it is produced |
| error | not-sorted | through_body.then_branch/node\[0\] n | 'late' is read before it is produced |
| error | not-sorted | through_body.else_branch/node\[0\] i | 'after' is read before it is produced |
| error | not-sorted | graph/node\[6\] early | 'made_later' is read before it is produced |

- **not-sorted**: a node stands before the one whose output it reads → sort the nodes so that every value is made before it is read
[1]
$ onnxray check -f csv --rule not-sorted samples/odd_cycle.onnx
severity,rule,where,message,hint,offset,file
error,not-sorted,graph/node[0] a,'c' is read before it is produced,sort the nodes so that every value is made before it is read,24,samples/odd_cycle.onnx
error,not-sorted,graph/node[3] self,'me' is read before it is produced,sort the nodes so that every value is made before it is read,77,samples/odd_cycle.onnx
error,not-sorted,through_body.then_branch/node[0] n,'late' is read before it is produced,sort the nodes so that every value is made before it is read,151,samples/odd_cycle.onnx
error,not-sorted,through_body.else_branch/node[0] i,'after' is read before it is produced,sort the nodes so that every value is made before it is read,209,samples/odd_cycle.onnx
error,not-sorted,graph/node[6] early,'made_later' is read before it is produced,sort the nodes so that every value is made before it is read,284,samples/odd_cycle.onnx
[1]
$ onnxray check -f ndjson --rule not-sorted samples/odd_cycle.onnx
{"file":"samples/odd_cycle.onnx","rule":"not-sorted","severity":"error","where":"graph/node[0] a","message":"'c' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":24,"fingerprint":"not-sorted a"}
{"file":"samples/odd_cycle.onnx","rule":"not-sorted","severity":"error","where":"graph/node[3] self","message":"'me' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":77,"fingerprint":"not-sorted self"}
{"file":"samples/odd_cycle.onnx","rule":"not-sorted","severity":"error","where":"through_body.then_branch/node[0] n","message":"'late' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":151,"fingerprint":"not-sorted n"}
{"file":"samples/odd_cycle.onnx","rule":"not-sorted","severity":"error","where":"through_body.else_branch/node[0] i","message":"'after' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":209,"fingerprint":"not-sorted i"}
{"file":"samples/odd_cycle.onnx","rule":"not-sorted","severity":"error","where":"graph/node[6] early","message":"'made_later' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":284,"fingerprint":"not-sorted early"}
[1]
$ onnxray check -f json --rule not-sorted samples/odd_cycle.onnx samples/mlp.onnx
{"schema":1,
"file":"samples/odd_cycle.onnx",
"findings":[
{"rule":"not-sorted","severity":"error","where":"graph/node[0] a","message":"'c' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":24,"fingerprint":"not-sorted a"},
{"rule":"not-sorted","severity":"error","where":"graph/node[3] self","message":"'me' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":77,"fingerprint":"not-sorted self"},
{"rule":"not-sorted","severity":"error","where":"through_body.then_branch/node[0] n","message":"'late' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":151,"fingerprint":"not-sorted n"},
{"rule":"not-sorted","severity":"error","where":"through_body.else_branch/node[0] i","message":"'after' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":209,"fingerprint":"not-sorted i"},
{"rule":"not-sorted","severity":"error","where":"graph/node[6] early","message":"'made_later' is read before it is produced","hint":"sort the nodes so that every value is made before it is read","offset":284,"fingerprint":"not-sorted early"}],
"counts":{"error":5,"warning":0,"info":0,"known":0,"dropped":0},
"rules":{"not-sorted":5}}
{"schema":1,
"file":"samples/mlp.onnx",
"findings":[],
"counts":{"error":0,"warning":0,"info":0,"known":0,"dropped":0},
"rules":{}}
[1]
$ onnxray check -f sarif --rule not-sorted samples/odd_cycle.onnx none.onnx | grep -v shortDescription | sed 's/"ruleIndex":[0-9]*,//'
onnxray: none.onnx: cannot open: No such file or directory
{"$schema":"https://json.schemastore.org/sarif-2.1.0.json",
"version":"2.1.0",
"runs":[{
"tool":{"driver":{"name":"onnxray","semanticVersion":"0.1.0","rules":[
]}},
"results":[
{"ruleId":"not-sorted","level":"error","message":{"text":"graph/node[0] a: 'c' is read before it is produced"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"samples/odd_cycle.onnx"},"region":{"startLine":1,"byteOffset":24}},"logicalLocations":[{"fullyQualifiedName":"graph/node[0] a","kind":"node"}]}],"partialFingerprints":{"onnxray/v1":"not-sorted a","primaryLocationLineHash":"8c7429def50b1e3b:1"}},
{"ruleId":"not-sorted","level":"error","message":{"text":"graph/node[3] self: 'me' is read before it is produced"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"samples/odd_cycle.onnx"},"region":{"startLine":1,"byteOffset":77}},"logicalLocations":[{"fullyQualifiedName":"graph/node[3] self","kind":"node"}]}],"partialFingerprints":{"onnxray/v1":"not-sorted self","primaryLocationLineHash":"94e9d819693952a2:1"}},
{"ruleId":"not-sorted","level":"error","message":{"text":"through_body.then_branch/node[0] n: 'late' is read before it is produced"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"samples/odd_cycle.onnx"},"region":{"startLine":1,"byteOffset":151}},"logicalLocations":[{"fullyQualifiedName":"through_body.then_branch/node[0] n","kind":"node"}]}],"partialFingerprints":{"onnxray/v1":"not-sorted n","primaryLocationLineHash":"8c7426def50b1922:1"}},
{"ruleId":"not-sorted","level":"error","message":{"text":"through_body.else_branch/node[0] i: 'after' is read before it is produced"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"samples/odd_cycle.onnx"},"region":{"startLine":1,"byteOffset":209}},"logicalLocations":[{"fullyQualifiedName":"through_body.else_branch/node[0] i","kind":"node"}]}],"partialFingerprints":{"onnxray/v1":"not-sorted i","primaryLocationLineHash":"8c7421def50b10a3:1"}},
{"ruleId":"not-sorted","level":"error","message":{"text":"graph/node[6] early: 'made_later' is read before it is produced"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"samples/odd_cycle.onnx"},"region":{"startLine":1,"byteOffset":284}},"logicalLocations":[{"fullyQualifiedName":"graph/node[6] early","kind":"node"}]}],"partialFingerprints":{"onnxray/v1":"not-sorted early","primaryLocationLineHash":"97d61f4b06a25747:1"}}
],
"invocations":[{"executionSuccessful":false,"toolExecutionNotifications":[
{"descriptor":{"id":"io"},"level":"error","message":{"text":"cannot open: No such file or directory"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"none.onnx"},"region":{"startLine":1}}}]}
]}]}]}

# What counts as a failure.
$ onnxray check -q --rule not-sorted --fail-on never samples/odd_cycle.onnx > /dev/null
$ onnxray check --rule unknown-field --fail-on warning samples/odd_cycle.onnx
samples/odd_cycle.onnx                                               no findings
$ onnxray check --rule not-sorted samples/mlp.onnx none.onnx
samples/mlp.onnx                                                     no findings
onnxray: none.onnx: cannot open: No such file or directory
[3]

# Budgets: what is not known is not met.
$ onnxray check --rule budget --max-params 5k --max-bytes 1MiB --max-macs 2G --max-opset 17 samples/digits_fp32.onnx
samples/digits_fp32.onnx

  error    budget-params: more or fewer parameters than allowed
    model: params: 5,018 > 5,000 (1.004x)

  error    budget-macs: one run costs more than allowed, or nobody knows what
    model: macs: 396576*batch, allowed are 2,000,000,000
    → where it is not known: say sizes with --dim or --input

  2 errors
[1]
$ onnxray check --rule budget --dim batch=1 --max-macs 2G --max-activation 10kB --min-opset 18 samples/digits_fp32.onnx
samples/digits_fp32.onnx

  error    budget-activation: activations take more memory at once than allowed,
           or nobody knows how much
    model: activation: 50,176 > 10,000 (5.0x)
    → where it is not known: say sizes with --dim or --input

  error    budget-opset: another operator set than allowed
    model: opset: 17 < 18
    → convert the model to a version that is allowed

  2 errors
[1]
$ onnxray check --rule budget --deny-op 'Soft*' --deny-op com.microsoft:* --require-static samples/digits_fp32.onnx
samples/digits_fp32.onnx

  error    budget-op: an operator that is not allowed
    graph/node[11] /Softmax: ai.onnx:Softmax is not allowed

  error    budget-static: a shape that is not known in numbers
    model: 12 of 12 shapes are not known in numbers: 12 in part, 0 not at all
    graph/input image: the shape of the input 'image' is not fixed
    → fix sizes in the model, or say them with --dim or --input

  3 errors
[1]
$ onnxray check --rule budget --allow-op Conv --allow-op 'ai.onnx:[RMFGS]*' samples/digits_fp32.onnx
samples/digits_fp32.onnx                                             no findings
$ onnxray check --rule budget --assert 'params < 6k and ops("Conv") == 3' --assert 'macs < 1M or nodes > 50' samples/digits_fp32.onnx
samples/digits_fp32.onnx

  error    budget-assert: an assertion that does not hold
    model: whether macs < 1M or nodes > 50 is not known; macs is 396576*batch,
      nodes is 12

  1 error
[1]
$ onnxray check --rule budget --dim batch=2 --assert 'macs / params <= 150' --assert 'params("bias") / params > 1%' samples/digits_fp32.onnx
samples/digits_fp32.onnx

  error    budget-assert: an assertion that does not hold
    model: macs / params <= 150 does not hold; macs is 793,152, params is 5,018
    model: params("bias") / params > 1% does not hold; params("bias") is 50,
      params is 5,018

  2 errors
[1]
$ onnxray check --assert 'parms < 3' samples/mlp.onnx
onnxray: assertion 'parms < 3': there is no figure called 'parms'; there are params, bytes, file_bytes, external_bytes, weight_bytes, unused, macs, activation, opset, ir_version, nodes, ops, subgraphs, functions, initializers, inputs, outputs, coverage, unknown_shapes, quantized
Try 'onnxray help check'.
[2]
$ onnxray check --assert 'params <' samples/mlp.onnx
onnxray: assertion 'params <': something is missing at the end
Try 'onnxray help check'.
[2]
$ onnxray check --max-params many samples/mlp.onnx
onnxray: --max-params: 'many' is not a size such as 500k, 20MiB or 1.5G
Try 'onnxray help check'.
[2]

# Baselines.
$ onnxray check --rule graph --rule not-sorted --write-baseline known.txt samples/odd_cycle.onnx > /dev/null
$ cat known.txt
\# findings that onnxray check --baseline leaves out
odd_cycle.onnx	not-sorted a
odd_cycle.onnx	not-sorted early
odd_cycle.onnx	not-sorted i
odd_cycle.onnx	not-sorted n
odd_cycle.onnx	not-sorted self
$ onnxray check --rule not-sorted --baseline known.txt samples/odd_cycle.onnx
samples/odd_cycle.onnx

  no findings · 5 known from the baseline
$ onnxray check --rule not-sorted --baseline known.txt --max-params 1 samples/odd_cycle.onnx samples/mlp.onnx
samples/odd_cycle.onnx

  no findings · 5 known from the baseline

samples/mlp.onnx

  error    budget-params: more or fewer parameters than allowed
    model: params: 67 > 1 (67.0x)

  1 error
[1]
$ onnxray check --baseline none.txt samples/mlp.onnx
onnxray: --baseline: none.txt: No such file or directory
[2]
$ onnxray check --baseline samples/mlp.onnx samples/mlp.onnx
onnxray: samples/mlp.onnx: line 1 of the baseline is none that --write-baseline writes
[2]

# What cannot be asked for.
$ onnxray check --rule beauty samples/mlp.onnx
onnxray: no rule and no group of rules is called 'beauty'; --list-rules lists them
Try 'onnxray help check'.
[2]
$ onnxray check --no-rule qantization samples/mlp.onnx
onnxray: no rule and no group of rules is called 'qantization'; did you mean 'quantization'?
Try 'onnxray help check'.
[2]
$ onnxray check --severity fatal samples/mlp.onnx
onnxray: --severity: 'fatal' is not one of info, warning or error
Try 'onnxray help check'.
[2]
$ onnxray check
onnxray: check: the MODEL is missing
Try 'onnxray help check'.
[2]
$ onnxray summary -f sarif samples/mlp.onnx
onnxray: --format: 'sarif' is not one of text, json, ndjson, csv or md
Try 'onnxray help summary'.
[2]
$ onnxray check --list-rules -f csv | grep -E '^(rule|not-sorted|budget-macs),'
rule,group,severity,sentence,hint
not-sorted,graph,error,a node stands before the one whose output it reads,sort the nodes so that every value is made before it is read
budget-macs,budget,error,"one run costs more than allowed, or nobody knows what",where it is not known: say sizes with --dim or --input
$ onnxray check --list-rules -f sarif | tail -n 4
]}},
"results":[
],
"invocations":[{"executionSuccessful":true}]}]}
