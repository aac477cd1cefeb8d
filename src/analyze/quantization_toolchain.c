/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quantization_toolchain.c - who quantized a model: by what it says, else by how it writes.
 */
#include <string.h>

#include "analyze/quant_names.h"
#include "analyze/quantization.h"

enum { NAMES_MOST = 4096 };

static const struct {
	const char *producer; /* the beginning of it, in lower case */
	const char *toolchain;
} producers[] = {
    {"onnx.quantize", "ONNX Runtime"},
    {"onnx.quantization", "ONNX Runtime"},
    {"quark", "AMD Quark"},
    {"vai_q_onnx", "Vitis AI"},
    {"vai", "Vitis AI"},
    {"brevitas", "Brevitas"},
    {"qonnx", "QONNX"},
    {"finn", "FINN"},
    {"modelopt", "NVIDIA ModelOpt"},
    {"onnx-graphsurgeon", NULL},
    {"neural_compressor", "Intel Neural Compressor"},
    {"nncf", "NNCF"},
    {"sparseml", "SparseML"},
    {"ppq", "PPQ"},
    {"ppl quantization tool", "PPQ"},
    {"aimet", "AIMET"},
};

static const struct {
	const char *domain;
	const char *toolchain;
} domains[] = {
    {"com.amd.quark", "AMD Quark"},
    {"com.vai.quantize", "Vitis AI"},
    {"onnx.brevitas", "Brevitas"},
    {"finn.custom_op.general", "FINN"},
    {"finn.custom_op.fpgadataflow", "FINN"},
    {"qonnx.custom_op.general", "QONNX"},
    {"trt", "TensorRT"},
    {"trt.plugins", "TensorRT"},
};

static const struct {
	const char *key; /* a piece of it */
	const char *toolchain;
} keys[] = {
    {"onnx.quant", "ONNX Runtime"},
    {"modelopt", "NVIDIA ModelOpt"},
    {"neural_compressor", "Intel Neural Compressor"},
    {"nncf", "NNCF"},
    {"aimet", "AIMET"},
    {"quark", "AMD Quark"},
};

static const char *by_producer(const oray_model_info *info)
{
	for (size_t i = 0; i < sizeof producers / sizeof *producers; i++)
		if (reading_name_holds(info->producer, producers[i].producer))
			return producers[i].toolchain;
	return NULL;
}

static const char *by_domain(const quant_book *book)
{
	for (size_t i = 0; i < book->flow.readings.n; i++) {
		const reading *r = &book->flow.readings.at[i];
		oray_node node;
		if (!r->count || !oray_model_node(book->public.model, r->example, &node))
			continue;
		for (size_t d = 0; d < sizeof domains / sizeof *domains; d++)
			if (node.domain.size == strlen(domains[d].domain) &&
			    !memcmp(node.domain.data, domains[d].domain, node.domain.size))
				return domains[d].toolchain;
	}
	return NULL;
}

static const char *by_metadata(const oray_model_info *info)
{
	for (size_t i = 0; i < info->n_metadata && i < NAMES_MOST; i++) {
		if (reading_name_holds(info->metadata[i].value, "onnxruntime.quant"))
			return "ONNX Runtime";
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			if (reading_name_holds(info->metadata[i].key, keys[k].key))
				return keys[k].toolchain;
	}
	return NULL;
}

static bool ends_in(oray_str s, const char *end)
{
	size_t n = strlen(end);

	return s.size >= n && !memcmp(s.data + s.size - n, end, n);
}

/* Names of ONNX Runtime's quantizer; of those that write through PyTorch for TensorRT: floats
 * behind QuantizeLinear in modules that are called so. */
static const char *by_names(const quant_book *book)
{
	size_t ort = 0, torch = 0;

	for (size_t i = 0; i < book->encodings.n && i < NAMES_MOST; i++) {
		const oray_encoding *e = &book->encodings.at[i];
		oray_value v;
		ort += quant_name_tells(e->name);
		torch += reading_name_holds(e->name, "_quantizer/") ||
		         (e->is_fake && oray_model_value(book->public.model, e->real, &v) &&
		          (ends_in(v.name, "/DequantizeLinear_output_0") ||
		           reading_name_holds(v.name, "_quantizer")));
	}
	if (torch)
		return "TensorRT";
	return ort && ort * 2 >= book->encodings.n ? "ONNX Runtime" : NULL;
}

const char *quant_toolchain(const quant_book *book)
{
	const oray_model_info *info = oray_model_describe(book->public.model);
	const char *found;

	if (!book->encodings.n)
		return NULL;
	if ((found = by_domain(book)) || (found = by_producer(info)) || (found = by_metadata(info)))
		return found;
	return by_names(book);
}

bool quant_is_tensorrt(const quant_book *book)
{
	const char *name = book->public.toolchain;

	return name && (!strcmp(name, "TensorRT") || !strcmp(name, "NVIDIA ModelOpt"));
}
