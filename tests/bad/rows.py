# SPDX-License-Identifier: Apache-2.0
"""What a hostile file may hold, row by row, and which files of make_bad.py hold it.

Every case names patterns of files; run_bad.py says which patterns match none, so nothing is left
out unseen. A case in brackets is held by another suite: its name is all that stands there.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

ROWS: dict[str, dict[str, str]] = {
    "1 deep subgraphs": {
        "at the limit, behind it, far behind it": "deep/body_100 deep/body_101 deep/body_8737",
        "in functions, training graphs, lists of graphs":
            "deep/body_in_function deep/body_in_training deep/graphs_list",
    },
    "2 deep types": {
        "sequences, optionals, maps": "deep/sequence_in_* deep/optional_in_* deep/map_in_*",
        "in values, inputs, attributes, lists of attributes, functions":
            "deep/*_in_value_info_8736 deep/*_in_input_8736 deep/*_in_attribute_8736 "
            "deep/*_in_attribute_list_8736 deep/*_in_function_8736",
        "groups": "deep/group_100000 deep/group_in_node_100000 deep/group_open",
    },
    "3 a singular field again and again": {
        "the graph": "many/graph_16000 many/graph_50000 many/graph_split",
        "messages below it": "many/attribute_t many/attribute_g many/value_type many/type_shape "
                             "many/type_kinds many/sparse_values",
        "a number": "many/ir_version",
    },
    "4 many empty messages": {
        "nodes": "many/empty_nodes many/empty_nodes_5m", "tensors": "many/empty_tensors",
        "of the model": "many/empty_functions many/empty_metadata many/empty_opsets "
                        "many/empty_training many/empty_configurations",
        "of a graph": "many/empty_inputs many/empty_outputs many/empty_value_infos "
                      "many/empty_annotations many/empty_sparse many/empty_graph_metadata",
        "of a node": "many/empty_node_inputs many/empty_attributes many/empty_node_metadata "
                     "many/empty_shardings",
        "of an attribute": "many/attribute_tensors many/attribute_graphs many/attribute_types "
                           "many/attribute_sparse_tensors many/attribute_strings",
    },
    "5 unpacked numbers": {
        "dims, packed and not": "many/dims_unpacked many/dims_packed",
        "floats, attribute lists": "many/unpacked_floats many/unpacked_attribute",
    },
    "6 unknown fields": {
        "three million, and in a node": "many/unknown_fields many/unknown_in_node",
        "of every wire type": "wire/unknown_varint wire/unknown_fixed64 wire/unknown_length "
                              "wire/unknown_fixed32 wire/unknown_group wire/unknown_largest",
    },
    "7 huge lengths": {
        "2^31, 2^32, 2^63, 2^64 for graphs, nodes, data, unknown fields":
            "wire/graph_2_31 wire/node_2_32 wire/raw_data_2_63 wire/unknown_2_64",
        "numbers of ten bytes and more": "wire/length_10_bytes wire/tag_10_bytes "
                                         "wire/value_11_bytes wire/value_endless",
        "past the message around it": "wire/past_parent wire/past_parent_by_1",
    },
    "8 truncation": {"behind every byte": "cut/cut_0000001 cut/cut_0000100 cut/cut_0000300"},
    "9 wrong wire types and groups": {
        "fields in another form": "wire/wrong_type_*",
        "types 6 and 7, field 0": "wire/type_6_in_* wire/type_7_in_* wire/field_0*",
        "groups, open, crossed, unmatched":
            "wire/groups wire/group_open* wire/group_unmatched wire/group_crossed",
        "packed numbers of odd length": "wire/packed_* wire/dims_cut wire/fixed*_cut",
    },
    "10 the product of dims": {
        "of tensors": "data/dims_wraps data/dims_sign data/dims_small data/dims_zero",
        "of shapes": "data/shape_wraps data/shape_sign data/shape_small data/shape_zero",
        "of sparse tensors": "numbers/sparse_product",
        "of what is computed": "shapes/dims_product shapes/overflow_weights",
    },
    "11 negative dims": {
        "of tensors": "data/dims_minus data/dims_smallest",
        "of shapes": "data/shape_minus data/shape_smallest numbers/dim_-5 "
                     "numbers/dim_-9223372036854775808",
        "of sparse tensors": "numbers/sparse_-5 numbers/sparse_-9223372036854775808",
    },
    "12 data that does not fit": {
        "shorter, longer, odd, none": "data/short data/long data/odd data/none",
        "in a Constant": "data/attribute_tensor", "texts": "data/string_short",
    },
    "13 data of two minds": {
        "two fields": "data/two_kinds wire/raw_data_twice wire/packed_in_chunks",
        "text in raw data": "data/string_raw",
        "unknown types": "data/type_99 data/type_-1 data/type_1099511627776 data/type_0 data/type_27",
        "an attribute's type without its value": "names/no_value_0 names/no_value_5 names/no_value_15",
    },
    "14 names that are there twice": {
        "outputs": "names/twice_outputs names/twice_outputs_of_one many/same_names",
        "initializers": "names/twice_initializer names/twice_initializer_sparse "
                        "names/twice_initializer_output names/twice_many",
        "inputs and outputs of the graph":
            "names/twice_input names/twice_output names/twice_input_output",
        "shadowed": "names/twice_shadowed",
        "the rest": "names/twice_node names/twice_attribute names/twice_value_info "
                    "names/twice_function names/twice_metadata names/twice_annotation",
    },
    "15 circles": {
        "of two nodes, of 20 000, of one": "shapes/cycle shapes/cycle_long shapes/self_loop",
        "through a body": "shapes/cycle_capture", "backwards": "shapes/backwards",
    },
    "16 recursive functions": {
        "itself, each other, from a body":
            "shapes/recursion shapes/recursion_mutual names/recursion_in_body",
        "chains and doubling": "shapes/calls_chain shapes/calls_doubling",
        "loops in loops": "shapes/loops_nested shapes/loop_long shapes/loop_doubling",
    },
    "17 what is not there": {
        "inputs, outputs": "names/no_input names/no_output names/no_outputs_at_all "
                           "names/no_inputs_at_all",
        "an output of the graph around": "names/no_body_output",
        "nodes, names, operators, types":
            "names/no_nodes names/no_names names/no_operator names/no_type names/no_shape",
        "what annotations, sparse tensors, references name":
            "names/no_annotated names/no_sparse_values names/reference",
    },
    "18 external data elsewhere": {
        "up": "ext/to_up ext/to_up_twice ext/to_up_hidden ext/to_passwd_up ext/to_parent",
        "absolute": "ext/to_absolute ext/to_passwd", "backslashes": "ext/to_backslash ext/to_drive",
        "no file": "ext/to_empty ext/to_here ext/to_directory ext/to_slash ext/absent",
        "devices and pipes": "ext/to_device ext/to_process ext/fifo ext/fifo_sub",
        "NUL in the middle": "ext/to_nul ext/to_nul_inside", "a URL": "ext/to_url",
        "long": "ext/to_long ext/to_long_name",
        "of sparse initializers": "ext/in_sparse ext/in_sparse_value",
        "of Constants, alone, in bodies, functions, training":
            "ext/in_constant ext/holds_tensor ext/holds_tensor_in_body ext/holds_tensor_in_function "
            "ext/holds_tensor_in_training ext/in_function",
        "of other attributes": "ext/holds_tensors* ext/holds_sparse_value* ext/holds_sparse_list*",
        "of what steers": "ext/steers", "[what is opened]": "opened external",
    },
    "19 links": {
        "symbolic": "ext/symlink ext/symlink_loop ext/symlink_inside",
        "of a folder on the way": "ext/symlink_dir", "hard": "ext/hardlink",
        "to the model itself": "cache/model",
    },
    "20 offsets and lengths": {
        "no plain numbers": "ext/offset_minus ext/length_hexadecimal ext/offset_blank "
                            "ext/length_letters ext/offset_none ext/length_plus",
        "too large": "ext/offset_too_large ext/length_largest ext/offset_behind ext/too_short",
        "sums that wrap": "ext/overflow ext/wrap_64",
    },
    "21 memory of ONNX Runtime": {"the marker": "ext/to_memory"},
    "22 commands to terminals": {
        "escapes": "text/clear_screen text/colour text/title text/link text/clipboard",
        "controls": "text/carriage_return text/backspace text/newline text/tab text/c1_bytes "
                    "text/c1_utf8",
        "invisible": "text/bidi text/invisible text/separators text/tags text/combining",
        "in file names": "file/name_* file/broken_* file/-name",
    },
    "23 markup": {
        "elements": "text/markup text/markup_svg", "attributes": "text/markup_attribute",
        "ends of sections": "text/markup_cdata", "entities": "text/markup_entities",
        "links": "text/markup_link text/markdown", "in file names": "file/<img* file/name_<b>*",
    },
    "24 DOT": {
        "ends of quotes": "text/dot_break file/*shape=none*", "escapes": "text/dot_escapes",
        "labels of markup": "text/dot_html", "a backslash at the end": "text/dot_backslash",
        "keywords, comments": "text/dot_keyword text/dot_comment", "a million letters": "many/long_name",
    },
    "25 what XML cannot hold": {"controls, U+FFFE": "text/xml_illegal text/surrogates"},
    "26 not UTF-8": {
        "bytes": "text/stray_bytes text/c1_bytes", "overlong": "text/overlong text/beyond_unicode",
        "cut": "text/cut_character",
    },
    "27 NUL": {"in names": "text/nul text/only_nul", "names that differ behind it": "text/nul_twins"},
    "28 spreadsheets": {
        "formulas": "text/csv text/csv_command text/csv_plus text/csv_minus text/csv_at "
                    "text/csv_tab text/csv_return", "in file names": "file/=1+1",
    },
    "29 huge names and lists": {
        "documentation": "many/long_doc many/doc_100mb", "inputs": "many/wide_node shapes/concat_many",
        "lists": "many/unpacked_attribute shapes/reshape_long", "outputs": "shapes/outputs_many",
    },
    "30 numbers": {
        "of attributes": "numbers/attributes",
        "of tensors": "numbers/tensor_1 numbers/tensor_10 numbers/tensor_11 numbers/tensor_16 "
                      "numbers/tensor_17 numbers/tensor_7",
    },
    "31 versions": {
        "opsets": "numbers/opset_huge numbers/opset_minus numbers/opset_twice numbers/opset_none",
        "IR": "numbers/ir_0 numbers/ir_huge numbers/ir_minus numbers/ir_none",
        "of the model": "numbers/model_version",
    },
    "32 ranks and sizes": {
        "of tensors and shapes": "many/dims_unpacked many/shape_dims shapes/rank_input",
        "that grow": "shapes/rank_growing shapes/concat_doubling shapes/mul_squaring",
        "equations": "shapes/einsum_long shapes/einsum_commas", "parts": "shapes/split_many",
        "10^18 elements": "shapes/range_huge shapes/tile_huge shapes/expand_huge "
                          "shapes/constantofshape_huge shapes/onehot_huge",
    },
    "33 division": {
        "of images": "shapes/conv_strides_0 shapes/maxpool_dilations_0 "
                     "shapes/convtranspose_strides_-9223372036854775808",
        "of blocks, heads, groups": "numbers/divide_by_0 numbers/divide_by_-1",
        "steps": "numbers/slice_step_0 shapes/range_still", "INT64_MIN / -1": "shapes/divide",
        "[every operator with absurd attributes]": "odd odd_quant",
    },
    "34 something else": {
        "nothing": "other/empty", "texts": "other/text other/textproto other/config other/page",
        "archives": "other/zip other/torch.pth other/pickle.pkl",
        "models of others": "other/model.ort other/model.tflite other/model.safetensors",
        "pieces of a model": "other/tensor.pb other/graph.pb", "Git LFS": "other/lfs",
        "compressed": "other/twice.onnx.gz other/cut.onnx.gz other/bomb_zeros.onnx.gz "
                      "other/bomb_model.onnx.gz",
    },
    "35 special files": {
        "folders, pipes, devices": "file/directory file/fifo /dev/zero /dev/null",
        "links": "file/dangling file/loop", "unreadable": "file/unreadable file/missing",
        "larger than 2 GiB": "file/large", "[that change while they are read]": "outputs",
    },
    "36 outputs": {
        "[full, closed, locked, limited, onto the input, through links, ended by signals]": "outputs",
    },
}


def unmatched(files: list[str]) -> list[str]:
    """The cases without a file, as lines."""
    names = {f.removesuffix(".onnx") for f in files}
    return [f"{row}, {case}: {pattern}" for row, cases in ROWS.items()
            for case, patterns in cases.items() if case[0] != "["
            for pattern in patterns.split()
            if pattern not in names and not any(fnmatchcase(n, pattern) for n in names)]
