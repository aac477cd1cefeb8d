# Help is printed from the tables.

$ onnxray help
onnxray looks inside ONNX models.

Usage: onnxray [COMMAND] [OPTION]... MODEL...

Commands:
  summary   what a model is, at a glance
  layers    the layers one by one, and what each costs
  show      everything about one node, tensor or function
  params    where the parameters are
  graph     a picture of the graph, or of a part of it
  quant     how a model is quantized, and what looks wrong
  diff      what changed from one model to another
  check     whether a model is sound, and within its budgets
  help      how to use a command
  version   the version, and the newest ONNX it knows

Without a command it is summary. A MODEL is an .onnx file, compressed with gzip
or not; - is standard input. Options may stand anywhere.

Options that most commands take:
  -f, --format FORMAT     write the result as FORMAT: text, json, ndjson, csv
                          or md
  -o, --output FILE       write to FILE instead of standard output; - is
                          standard output
      --dim NAME=N        the dimension NAME is N; may be given more than once
      --input NAME:SHAPE  the input NAME has this shape, such as x:1x3x224x224;
                          ? is as declared
      --bind NAME=FILE    the input NAME is what the .npy or TensorProto FILE
                          holds
      --count WHAT        count costs as WHAT does, macs when not given: macs,
                          flops, torchvision, fvcore, thop or onnx-tool
      --no-infer          show only shapes that the model declares
      --max-memory SIZE   give up on a model that needs more memory than SIZE,
                          such as 500MB or 2GiB
      --max-nodes N       give up on a model of more than N nodes, 2000000 when
                          not given
      --max-depth N       give up on a model that nests more than N messages,
                          100 when not given
      --unsafe-external   read external data from outside the model's directory
                          as well
      --no-isolation      keep what the kernel would let the program do besides
                          reading models
      --color WHEN        colour the text, auto only on a terminal: auto,
                          always or never
      --width N           fit text into N columns instead of the terminal's
  -q, --quiet             no progress line, only errors
  -v, --verbose           exact numbers, nothing folded, and how the program is
                          isolated
  -h, --help              show how to use the command
  -V, --version           show the version

Exit codes:
  0  All is well. A reader that closed the pipe early is no error.
  1  A model has errors, breaks a budget, lacks what was asked for, or differs.
  2  The command line is wrong; nothing was done.
  3  A model could not be read, or only in part.
  4  The output could not be written.

'onnxray help COMMAND' tells more.
$ onnxray help summary
Usage: onnxray summary [OPTION]... MODEL...

Shows what a model is at a glance: where it comes from, what goes in and comes
out, which operators it is made of, how many parameters it has and how they are
stored, what it costs to run, how it is quantized, and whether anything looks
wrong. This is also what onnxray does without a command.

Weights are not read, so the size of a model hardly matters. With several
models there is one report each, in order; a model that cannot be read does not
stop the others.

Options:
  -f, --format FORMAT     write the result as FORMAT: text, json, ndjson, csv
                          or md
  -o, --output FILE       write to FILE instead of standard output; - is
                          standard output
      --dim NAME=N        the dimension NAME is N; may be given more than once
      --input NAME:SHAPE  the input NAME has this shape, such as x:1x3x224x224;
                          ? is as declared
      --bind NAME=FILE    the input NAME is what the .npy or TensorProto FILE
                          holds
      --count WHAT        count costs as WHAT does, macs when not given: macs,
                          flops, torchvision, fvcore, thop or onnx-tool
      --no-infer          show only shapes that the model declares
  -j, --jobs N            look at N models at the same time; 0 is one for each
                          processor
      --max-memory SIZE   give up on a model that needs more memory than SIZE,
                          such as 500MB or 2GiB
      --max-nodes N       give up on a model of more than N nodes, 2000000 when
                          not given
      --max-depth N       give up on a model that nests more than N messages,
                          100 when not given
      --unsafe-external   read external data from outside the model's directory
                          as well
      --no-isolation      keep what the kernel would let the program do besides
                          reading models
      --color WHEN        colour the text, auto only on a terminal: auto,
                          always or never
      --width N           fit text into N columns instead of the terminal's
  -q, --quiet             no progress line, only errors
  -v, --verbose           exact numbers, nothing folded, and how the program is
                          isolated
  -h, --help              show how to use the command
  -V, --version           show the version

Examples:
  $ onnxray model.onnx
      Header, inputs and outputs, operators, parameters, cost.
  $ onnxray summary -f json *.onnx | jq '.parameters.total'
      How many parameters each model has, one number a line.
  $ onnxray --dim batch=1 --input image:1x3x320x320 model.onnx
      What it costs with these sizes.
  $ onnxray summary -j 0 -f ndjson models/*.onnx > zoo.ndjson
      A whole folder, all processors at work, one line a model in the order
      given.
  $ curl -sL https://example.org/model.onnx | onnxray -
      A model that is not on disk.
$ onnxray help layers
Usage: onnxray layers [OPTION]... MODEL

Lists the nodes of a model in graph order, one row each: operator, name, shape
of the output, parameters, multiply-accumulates, memory. Rows add up to the
totals in the last line: a parameter that several nodes share counts at the
first.

Options:
  -f, --format FORMAT     write the result as FORMAT: text, json, ndjson, csv
                          or md
  -o, --output FILE       write to FILE instead of standard output; - is
                          standard output
  -a, --all               list the nodes of subgraphs and functions too
      --op GLOB           only nodes whose operator matches GLOB, such as
                          'Conv*'
      --name GLOB         only nodes whose name matches GLOB
  -t, --tree              fold by module, with subtotals
      --depth N           show N levels of the tree; implies --tree
      --sort COLUMN       sort by COLUMN, largest first for numbers: index,
                          name, op, scope, parameters, bytes, macs, memory,
                          live or intensity
      --top N             show the first N rows only
      --dim NAME=N        the dimension NAME is N; may be given more than once
      --input NAME:SHAPE  the input NAME has this shape, such as x:1x3x224x224;
                          ? is as declared
      --bind NAME=FILE    the input NAME is what the .npy or TensorProto FILE
                          holds
      --count WHAT        count costs as WHAT does, macs when not given: macs,
                          flops, torchvision, fvcore, thop or onnx-tool
      --no-infer          show only shapes that the model declares
      --max-memory SIZE   give up on a model that needs more memory than SIZE,
                          such as 500MB or 2GiB
      --max-nodes N       give up on a model of more than N nodes, 2000000 when
                          not given
      --max-depth N       give up on a model that nests more than N messages,
                          100 when not given
      --unsafe-external   read external data from outside the model's directory
                          as well
      --no-isolation      keep what the kernel would let the program do besides
                          reading models
      --color WHEN        colour the text, auto only on a terminal: auto,
                          always or never
      --width N           fit text into N columns instead of the terminal's
  -q, --quiet             no progress line, only errors
  -v, --verbose           exact numbers, nothing folded, and how the program is
                          isolated
  -h, --help              show how to use the command
  -V, --version           show the version

Examples:
  $ onnxray layers model.onnx
      One row a node: operator, name, output shape, parameters, MACs, memory.
  $ onnxray layers --op 'Conv*' --sort macs --top 10 model.onnx
      The ten most expensive convolutions.
  $ onnxray layers --tree --depth 2 model.onnx
      The two upper levels of modules, each with the sum of what it holds.
  $ onnxray layers -f csv -o layers.csv model.onnx
      The table for a spreadsheet.
$ onnxray help show
Usage: onnxray show [OPTION]... MODEL NAME...

Tells everything about the node, value, tensor, function or graph of that NAME.
A node without a name answers to its operator and index, Conv_17, and every
node of the main graph to its index, #17. Where several things have the name,
all of them are shown.

Options:
  -f, --format FORMAT     write the result as FORMAT: text, json, ndjson, csv
                          or md
  -o, --output FILE       write to FILE instead of standard output; - is
                          standard output
      --dim NAME=N        the dimension NAME is N; may be given more than once
      --input NAME:SHAPE  the input NAME has this shape, such as x:1x3x224x224;
                          ? is as declared
      --bind NAME=FILE    the input NAME is what the .npy or TensorProto FILE
                          holds
      --count WHAT        count costs as WHAT does, macs when not given: macs,
                          flops, torchvision, fvcore, thop or onnx-tool
      --no-infer          show only shapes that the model declares
      --max-memory SIZE   give up on a model that needs more memory than SIZE,
                          such as 500MB or 2GiB
      --max-nodes N       give up on a model of more than N nodes, 2000000 when
                          not given
      --max-depth N       give up on a model that nests more than N messages,
                          100 when not given
      --unsafe-external   read external data from outside the model's directory
                          as well
      --no-isolation      keep what the kernel would let the program do besides
                          reading models
      --color WHEN        colour the text, auto only on a terminal: auto,
                          always or never
      --width N           fit text into N columns instead of the terminal's
  -q, --quiet             no progress line, only errors
  -v, --verbose           exact numbers, nothing folded, and how the program is
                          isolated
  -h, --help              show how to use the command
  -V, --version           show the version

Examples:
  $ onnxray show model.onnx Conv_0
      A node: attributes, inputs, outputs.
  $ onnxray show model.onnx '#17'
      The node at index 17 of the main graph, as layers counts.
  $ onnxray show -v model.onnx conv1.weight
      A tensor, and all of its values that fit.
$ onnxray help params
Usage: onnxray params [OPTION]... MODEL

Tells where the parameters of a model are: by role (weights, biases,
normalisation, quantization ...), by element type, by operator, by module, or
tensor by tensor; what is shared and what nobody uses. Every stored tensor
counts once, in exactly one role.

Options:
  -f, --format FORMAT     write the result as FORMAT: text, json, ndjson, csv
                          or md
  -o, --output FILE       write to FILE instead of standard output; - is
                          standard output
      --by WHAT           one row a WHAT instead of the overview: role, type,
                          op, module or tensor
      --stats             read the values: minimum, maximum, mean, deviation,
                          zeros of each tensor
      --depth N           with --by module: modules N levels deep
      --sort COLUMN       sort by COLUMN, largest first for numbers: name,
                          elements, bytes, role, type, scope or used_by
      --top N             show the first N rows only
      --max-memory SIZE   give up on a model that needs more memory than SIZE,
                          such as 500MB or 2GiB
      --max-nodes N       give up on a model of more than N nodes, 2000000 when
                          not given
      --max-depth N       give up on a model that nests more than N messages,
                          100 when not given
      --unsafe-external   read external data from outside the model's directory
                          as well
      --no-isolation      keep what the kernel would let the program do besides
                          reading models
      --color WHEN        colour the text, auto only on a terminal: auto,
                          always or never
      --width N           fit text into N columns instead of the terminal's
  -q, --quiet             no progress line, only errors
  -v, --verbose           exact numbers, nothing folded, and how the program is
                          isolated
  -h, --help              show how to use the command
  -V, --version           show the version

Examples:
  $ onnxray params model.onnx
      Where the parameters are: by role and by type.
  $ onnxray params --by tensor --top 10 --sort bytes model.onnx
      The ten largest tensors.
  $ onnxray params -f json model.onnx | jq '.parameters.by_type'
      How many parameters are stored in which type.
$ onnxray help graph
Usage: onnxray graph [OPTION]... MODEL

Draws the graph of a model of any size, or a part of it. The extension of FILE
selects the format: .svg, .png, .pdf, .dot or .gv, and .html, a page to explore
the model with, one file that needs no other. Without -o the source for
Graphviz goes to standard output, unless that is a terminal. Places are found
by onnxray itself; nothing else is needed for SVG, HTML and DOT, and the cairo
library for PNG and PDF.

Boxes say what their nodes are given and how they are set. --fold leaves out
what one does not want to see: constants and arithmetic on shapes become rows,
quantization pairs become marks, of equal layers the first is drawn. --depth
draws modules as one box each.

--around, --from and --to, and --scope each select nodes; together they select
what all of them select. Near a node is what it depends on and what depends on
it. --from with --to selects every way from one to the other.

Nodes that compute with quantized numbers have a thick border, and say with
which. --diff draws what changed from MODEL to another one: the graph is that
of the other one, what only MODEL has is dashed, and quantized layers are
coloured by how faithful their weights are. Of large models only what changed
is drawn, and what is beside it.

Options:
  -f, --format FORMAT     write the picture as FORMAT, whatever the extension
                          of the file says: dot, svg, png, pdf or html
  -o, --output FILE       write to FILE instead of standard output; - is
                          standard output
      --rows WHICH        what boxes list below their operator: all, weights or
                          none
      --shapes SWITCH     shapes beside the wires: on or off
      --names             names of nodes below their operators
      --fold LIST         what is no box of its own, with commas between,
                          constants when not given: constants, shapes, qdq,
                          repeats, all or none
      --depth N           draw modules N levels deep as one box each
  -a, --all               draw subgraphs and functions too, as boxes of their
                          own
      --direction WHERE   where data flows: down or right
      --wrap N            begin another column after N pixels, or one of: auto
                          or none
      --color-by WHAT     colour boxes by the numbers of a CSV file, or by one
                          of: category, type, macs, params or sqnr
      --theme THEME       colours; auto is light, and in SVG what its reader
                          prefers: auto, light or dark
      --engine ENGINE     who finds the places: the program itself, or dot of
                          Graphviz: own or dot
      --diff B            draw the model B, coloured by what changed from MODEL
                          to it
      --around NAME       draw only what is near NAME; may be given more than
                          once
      --hops N            how near is near: N edges away from --around, 2 when
                          not given
      --from NAME         draw only what depends on NAME; may be given more
                          than once
      --to NAME           draw only what NAME depends on; may be given more
                          than once
      --scope SCOPE       draw only the module SCOPE; may be given more than
                          once
      --dim NAME=N        the dimension NAME is N; may be given more than once
      --input NAME:SHAPE  the input NAME has this shape, such as x:1x3x224x224;
                          ? is as declared
      --bind NAME=FILE    the input NAME is what the .npy or TensorProto FILE
                          holds
      --no-infer          show only shapes that the model declares
      --max-memory SIZE   give up on a model that needs more memory than SIZE,
                          such as 500MB or 2GiB
      --max-nodes N       give up on a model of more than N nodes, 2000000 when
                          not given
      --max-depth N       give up on a model that nests more than N messages,
                          100 when not given
      --unsafe-external   read external data from outside the model's directory
                          as well
      --no-isolation      keep what the kernel would let the program do besides
                          reading models
      --color WHEN        colour the text, auto only on a terminal: auto,
                          always or never
      --width N           fit text into N columns instead of the terminal's
  -q, --quiet             no progress line, only errors
  -v, --verbose           exact numbers, nothing folded, and how the program is
                          isolated
  -h, --help              show how to use the command
  -V, --version           show the version

Examples:
  $ onnxray graph -o model.svg model.onnx
      The whole main graph as a picture.
  $ onnxray graph -o model.html model.onnx
      A page to explore the model with: one file to open, send and keep.
  $ onnxray graph --around Conv_17 --hops 3 -o part.png model.onnx
      What feeds Conv_17 and what it feeds, three edges far.
  $ onnxray graph --from input_ids --to logits -o path.pdf model.onnx
      Everything on a way from one value to another.
  $ onnxray graph --fold shapes,qdq,repeats -o short.svg model.onnx
      Without what surrounds the layers, and of 32 equal ones the first.
  $ onnxray graph --depth 2 --direction right -o modules.svg model.onnx
      Modules two levels deep, from left to right.
  $ onnxray graph --color-by latency.csv -o slow.svg model.onnx
      Coloured by numbers you measured: rows of node name and number.
  $ onnxray graph --diff model_int8.onnx -o changes.svg model.onnx
      Both models in one picture: what was kept, changed, added, removed,
      quantized.
  $ onnxray graph model.onnx | dot -Tsvg > model.svg
      The source for Graphviz, to draw it your own way; neato -n keeps the
      places.
$ onnxray help help
Usage: onnxray help [OPTION]... [COMMAND]

Shows how to use onnxray, or one of its commands.

Options:
      --man               print the source of the manual page
      --complete SHELL    print the completion script for SHELL: bash, zsh or
                          fish
  -h, --help              show how to use the command
  -V, --version           show the version

Examples:
  $ onnxray help layers
      How to use the command layers.
  $ eval "$(onnxray help --complete bash)"
      Completion in this shell, not installed.
$ onnxray help version
Usage: onnxray version [OPTION]...

Shows the version of the program and its library, and the newest ONNX IR
version and operator set they know by name. Newer models are read as well; what
is unknown is said to be.

Options:
  -h, --help              show how to use the command
  -V, --version           show the version

Examples:
  $ onnxray version
      The version, and the newest ONNX it knows by name.
$ onnxray version
onnxray 0.1.0
knows ONNX up to IR version 14 and opset 28
