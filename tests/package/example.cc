// SPDX-License-Identifier: Apache-2.0
//
// example.cc - the same library from C++: owners instead of frees, strings instead of pointers.
//
//     c++ -std=c++17 example.cc $(pkg-config --cflags --libs onnxray) -o example
//     ./example model.onnx [--json]

#include <cstring>
#include <iomanip>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <onnxray/onnxray.h>

namespace {

struct Free {
	void operator()(oray_model *p) const { oray_model_free(p); }
	void operator()(oray_summary *p) const { oray_summary_free(p); }
};
using Model = std::unique_ptr<oray_model, Free>;
using Summary = std::unique_ptr<oray_summary, Free>;

std::string_view text(oray_str s)
{
	return {s.data, s.size};
}

void must(oray_status status, const oray_error &err)
{
	if (status != ORAY_OK)
		throw std::runtime_error(std::string(err.message) + " (" + oray_status_name(status) + ")");
}

Model load(const char *path)
{
	oray_model *model = nullptr;
	oray_error err;
	oray_status status = oray_model_load(path, nullptr, &model, &err);
	Model owner(model);
	must(status, err);
	must(oray_model_infer(model, nullptr, &err), err);
	return owner;
}

Summary summarize(const Model &model)
{
	oray_summary *summary = nullptr;
	oray_error err;
	must(oray_summarize(model.get(), &summary, &err), err);
	return Summary(summary);
}

std::string shape(const Model &model, const oray_type &type)
{
	std::string out;
	for (size_t i = 0; i < type.n_dims; i++) {
		oray_dim dim = oray_model_dim(model.get(), type.id, i);
		out += i ? "x" : " ";
		out += dim.kind == oray_dim::ORAY_DIM_VALUE    ? std::to_string(dim.value)
		       : dim.kind == oray_dim::ORAY_DIM_SYMBOL ? std::string(text(dim.symbol))
		                                               : "?";
	}
	return out;
}

void print_value(const Model &model, const char *what, oray_id id)
{
	oray_value v;
	if (!oray_model_value(model.get(), id, &v))
		return;
	std::cout << what << ' ' << text(v.name);
	oray_type type;
	if (oray_model_type(model.get(), v.type, &type) && type.kind == ORAY_KIND_TENSOR) {
		const char *name = oray_type_name(type.element);
		std::cout << ' ' << (name ? name : "?") << shape(model, type);
	}
	std::cout << '\n';
}

void print_nodes(const Model &model)
{
	const oray_graph *graph = oray_model_graph(model.get(), 0);
	for (size_t i = 0; i < graph->n_nodes; i++) {
		oray_id id = graph->first_node + static_cast<oray_id>(i);
		oray_node node;
		oray_model_node(model.get(), id, &node);
		std::string label(oray_node_label(model.get(), id, nullptr, 0), '\0');
		oray_node_label(model.get(), id, label.data(), label.size() + 1);
		std::cout << "node " << label << ": " << text(node.op) << ", " << node.n_inputs << " in, "
		          << node.n_outputs << " out\n";
	}
}

void print_weights(const Model &model)
{
	const oray_graph *graph = oray_model_graph(model.get(), 0);
	oray_tensor tensor;
	if (!graph->n_initializers || !oray_model_tensor(model.get(), graph->initializers[0], &tensor) ||
	    tensor.type != ORAY_FLOAT32)
		return;
	std::vector<oray_element> values(3);
	size_t n = 0;
	oray_error err;
	must(oray_tensor_read(model.get(), graph->initializers[0], 0, values.size(), values.data(), &n,
	                      &err),
	     err);
	std::cout << text(tensor.name) << std::setprecision(9);
	for (size_t i = 0; i < n; i++)
		std::cout << ' ' << values[i].f;
	std::cout << (tensor.elements.value > n ? " ...\n" : "\n");
}

std::string json(const Summary &summary)
{
	std::string out;
	oray_style style = oray_style_defaults();
	oray_error err;
	style.format = ORAY_JSON;
	auto append = [](void *context, const char *data, size_t size) {
		static_cast<std::string *>(context)->append(data, size);
		return 0;
	};
	must(oray_write_summary(summary.get(), &style, append, &out, &err), err);
	return out;
}

} // namespace

int main(int argc, char **argv)
{
	if (argc < 2) {
		std::cerr << "usage: example MODEL [--json], with onnxray " << oray_version() << '\n';
		return 2;
	}
	try {
		Model model = load(argv[1]);
		Summary summary = summarize(model);
		if (argc > 2 && std::strcmp(argv[2], "--json") == 0) {
			std::cout << json(summary);
			return 0;
		}
		for (size_t i = 0; i < summary->n_inputs; i++)
			print_value(model, "input", summary->inputs[i]);
		for (size_t i = 0; i < summary->n_outputs; i++)
			print_value(model, "output", summary->outputs[i]);
		std::cout << summary->nodes << " nodes, " << summary->parameters.total << " parameters\n";
		print_nodes(model);
		print_weights(model);
	} catch (const std::exception &failure) {
		std::cerr << argv[1] << ": " << failure.what() << '\n';
		return 1;
	}
	return 0;
}
