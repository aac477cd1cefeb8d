/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.c - opening a model: the conductor of this room.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/heap.h"
#include "base/num.h"
#include "load/loader.h"
#include "load/source.h"
#include "load/verify.h"

enum { SNIFFED = 4096, DEPTH_DEFAULT = 100, NODES_DEFAULT = 2000000, MEMORY_RATIO = 16 };

#define MEMORY_FREE   (UINT64_C(64) << 20)
#define SPOOL_DEFAULT (UINT64_C(64) << 30)

oray_load_options oray_load_defaults(void)
{
	return (oray_load_options){
	    .max_spool = SPOOL_DEFAULT, .max_depth = DEPTH_DEFAULT, .max_nodes = NODES_DEFAULT};
}

static oray_load_options complete(const oray_load_options *opts)
{
	oray_load_options o = opts ? *opts : oray_load_defaults();
	if (!o.max_spool)
		o.max_spool = SPOOL_DEFAULT;
	if (!o.max_depth)
		o.max_depth = DEPTH_DEFAULT;
	if (!o.max_nodes)
		o.max_nodes = NODES_DEFAULT;
	if (o.max_depth > LOADER_DEPTH_MOST)
		o.max_depth = LOADER_DEPTH_MOST;
	return o;
}

static uint64_t memory_limit(const oray_load_options *o, uint64_t bytes)
{
	uint64_t limit;
	if (o->max_memory)
		return o->max_memory;
	return num_mul(bytes, MEMORY_RATIO, &limit) && num_add(limit, MEMORY_FREE, &limit) ? limit
	                                                                                   : UINT64_MAX;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return heap_copy(".", 1);
	return slash == path ? heap_copy("/", 1) : heap_copy(path, (size_t)(slash - path));
}

static void *decode_alloc(void *context, size_t size)
{
	return arena_alloc(context, size);
}

static void decode_free(void *context, void *p)
{
	(void)context;
	(void)p;
}

static void loader_free(loader *l)
{
	mem_budget *b = &l->m->budget;
	window_close(&l->window);
	arena_free(&l->arena);
	vec_free(b, &l->flat);
	vec_free(b, &l->children);
	vec_free(b, &l->segments);
	vec_free(b, &l->pairs);
	vec_free(b, &l->opsets);
	vec_free(b, &l->shardings);
	vec_free(b, &l->configurations);
	vec_free(b, &l->dims);
	vec_free(b, &l->floats);
	vec_free(b, &l->ints);
	vec_free(b, &l->ids);
	vec_free(b, &l->inputs);
	vec_free(b, &l->outputs);
	vec_free(b, &l->initializers);
	vec_free(b, &l->sparse);
	vec_free(b, &l->queue);
	vec_free(b, &l->ranges);
	vec_free(b, &l->main_graph);
	vec_free(b, &l->names.value_infos);
	vec_free(b, &l->names.notes);
	vec_free(b, &l->names.input_types);
	vec_free(b, &l->names.output_types);
}

/* Runs are taken out of these arrays by their first element, empty ones as well: so the arrays are
 * there from the beginning, since not even nothing may be added to a null pointer. */
static bool prepare(loader *l)
{
	oray_model *m = l->m;
	mem_budget *b = &m->budget;
	return (vec_reserve(b, &m->edges, 1) && vec_reserve(b, &m->dims, 1) &&
	        vec_reserve(b, &m->type_dims, 1) && vec_reserve(b, &m->attributes, 1) &&
	        vec_reserve(b, &l->ids, 1) && vec_reserve(b, &l->ranges, 1) &&
	        vec_reserve(b, &l->flat, 1)) ||
	       fail_memory(l, ORAY_NO_OFFSET);
}

/* Memory that only reading needed is given back before links are made. */
static void release_scratch(loader *l)
{
	mem_budget *b = &l->m->budget;
	arena_free(&l->arena);
	vec_free(b, &l->flat);
	vec_free(b, &l->ranges);
	vec_free(b, &l->queue);
	vec_free(b, &l->initializers);
	strings_free(&l->m->type_keys);
}

static bool keep_configurations(loader *l)
{
	size_t n = l->configurations.n;
	oray_device_configuration *copy = arena_alloc(&l->m->arena, n * sizeof *copy);
	if (!copy)
		return fail_memory(l, ORAY_NO_OFFSET);
	if (n)
		memcpy(copy, l->configurations.at, n * sizeof *copy);
	l->m->info.configurations = copy;
	l->m->info.n_configurations = n;
	return true;
}

/* Nearly all tensors: as many raw bytes as elements need. */
static bool is_plainly_right(const oray_model *m, const model_tensor *t)
{
	enum { RAW_DATA = 9 };
	uint64_t elements, bytes;
	return t->extra == ORAY_NONE && t->data_field == RAW_DATA &&
	       num_product(m->dims.at + t->dims, t->n_dims, &elements) &&
	       oray_type_bytes(t->type, elements, &bytes) && bytes == t->data_size;
}

static bool finish(loader *l)
{
	oray_model *m = l->m;
	oray_model_info *info = &m->info;
	release_scratch(l);
	info->truncated = l->truncated;
	info->missing_bytes =
	    l->truncated && l->declared_end > l->window.size ? l->declared_end - l->window.size : 0;
	if (!keep_configurations(l) || !model_link(m, &l->names))
		return fail_memory(l, ORAY_NO_OFFSET);
	info->n_training = l->n_training;
	info->n_functions = m->functions.n;
	info->n_graphs = m->graphs.n;
	info->n_nodes = m->nodes.n;
	info->n_values = m->values.n;
	info->n_tensors = m->tensors.n;
	info->unknown_fields = l->unknown_fields;
	if (!l->has_graph)
		model_finding(m, ORAY_ERROR, "no-graph", (oray_place){0}, "model",
		              "the model has no graph");
	if (l->unknown_fields)
		model_finding(m, ORAY_WARNING, "unknown-field", (oray_place){0}, "model",
		              "%llu protobuf fields are unknown to this version and were skipped",
		              (unsigned long long)l->unknown_fields);
	if (m->thorough)
		verify_tensors(m);
	for (oray_id t = 0; t < m->tensors.n && !m->thorough; t++) {
		oray_tensor tensor;
		if (is_plainly_right(m, &m->tensors.at[t]))
			continue;
		oray_model_tensor(m, t, &tensor);
		if (tensor.size_mismatch)
			model_finding(m, ORAY_ERROR, "tensor-size", (oray_place){ORAY_PLACE_TENSOR, t},
			              tensor.name.data,
			              "%llu bytes of data do not fit type and dimensions",
			              (unsigned long long)tensor.stored_bytes);
	}
	return true;
}

/* Text that went through an encoding conversion has this where bytes were replaced. */
static bool is_mangled(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i + 3 <= n; i++)
		if (bytes[i] == 0xef && bytes[i + 1] == 0xbf && bytes[i + 2] == 0xbd)
			return true;
	return false;
}

/* The loader's failure as an error: not ONNX at all, or ONNX with a place in it. */
static oray_status report(loader *l, oray_error *err)
{
	uint8_t head[SNIFFED];
	char what[256], where[192];
	ssize_t n = pread(l->window.fd, head, sizeof head, 0);
	size_t got = n > 0 ? (size_t)n : 0;
	if (l->status == ORAY_ERR_MALFORMED && sniff(head, got, l->window.size, what, sizeof what))
		return error_set(err, ORAY_ERR_NOT_ONNX, ORAY_NO_OFFSET, NULL, "not an ONNX model: %s",
		                 what);
	bool has_place = l->error_offset != ORAY_NO_OFFSET &&
	                 (l->status == ORAY_ERR_MALFORMED || l->status == ORAY_ERR_LIMIT);
	where[0] = '\0';
	if (has_place)
		locate(l, l->error_offset, where, sizeof where);
	/* Garbage from the first byte on is rather something else than a broken model. */
	bool garbage = l->status == ORAY_ERR_MALFORMED && !l->is_model;
	buf text = {0};
	buf_str(&text, garbage ? "not an ONNX model: " : "");
	if (has_place)
		buf_format(&text, "offset %llu: ", (unsigned long long)l->error_offset);
	if (where[0])
		buf_format(&text, "%s: ", where);
	buf_str(&text, l->error);
	if (is_mangled(head, got))
		buf_str(&text, " (bytes were replaced: copied as text?)");
	oray_status status = garbage ? ORAY_ERR_NOT_ONNX : l->status;
	error_set(err, status, has_place ? l->error_offset : ORAY_NO_OFFSET, where, "%s",
	          buf_ok(&text) ? buf_text(&text) : l->error);
	buf_free(&text);
	return status;
}

static void say_bytes(uint64_t bytes, buf *out)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB"};
	double value = (double)bytes;
	size_t unit = 0;
	while (value >= 999.5 && unit < 5) {
		value /= 1000;
		unit++;
	}
	buf_format(out, "%.*f %s",
	           unit ? (value < 9.995   ? 2
	                   : value < 99.95 ? 1
	                                   : 0)
	                : 0,
	           value, units[unit]);
}

/* "cut short: 731 MB of 1.42 GB are here; 61 of 214 weights are missing" */
static oray_status report_truncated(const loader *l, oray_error *err)
{
	const oray_model *m = l->m;
	size_t missing = 0, weights = 0, undefined = 0;
	for (size_t i = 0; i < m->tensors.n; i++)
		missing += m->tensors.at[i].data_cut;
	for (size_t i = 0; i < m->values.n; i++) {
		undefined += (m->values.at[i].flags & VALUE_UNDEFINED) != 0;
		weights += (m->values.at[i].flags & VALUE_FROM_TENSOR) != 0;
	}
	buf text = {0}, here = {0}, whole = {0};
	say_bytes(l->window.size, &here);
	say_bytes(l->window.size + m->info.missing_bytes, &whole);
	if (strcmp(buf_text(&here), buf_text(&whole)) != 0)
		buf_format(&text, "cut short: %s of at least %s are here", buf_text(&here),
		           buf_text(&whole));
	else
		buf_format(&text, "cut short: at least %llu bytes are missing at the end",
		           (unsigned long long)m->info.missing_bytes);
	buf_format(&text, "; %zu nodes can be read", m->nodes.n);
	if (undefined || missing)
		buf_format(&text, ", %zu of %zu weights and inputs they need are missing",
		           missing + undefined, weights + undefined);
	buf_free(&here);
	buf_free(&whole);
	error_set(err, ORAY_ERR_TRUNCATED, l->window.size, NULL, "%s",
	          buf_ok(&text) ? buf_text(&text) : "cut short");
	buf_free(&text);
	return ORAY_ERR_TRUNCATED;
}

static oray_status run(loader *l, oray_error *err)
{
	uint8_t head[SNIFFED];
	char what[256];
	ssize_t n = pread(l->window.fd, head, sizeof head, 0);
	if (n < 0)
		return error_errno(err, ORAY_ERR_IO, "read failed", errno);
	if (n == 0)
		return error_set(err, ORAY_ERR_NOT_ONNX, ORAY_NO_OFFSET, NULL,
		                 "not an ONNX model: the file is empty");
	bool recognised = sniff(head, (size_t)n, l->window.size, what, sizeof what);
	if (recognised)
		return error_set(err, ORAY_ERR_NOT_ONNX, ORAY_NO_OFFSET, NULL, "not an ONNX model: %s",
		                 what);
	if (!prepare(l) || !load_model(l) || !finish(l))
		return report(l, err);
	bool is_model = l->has_graph || l->m->info.ir_version || l->m->info.n_functions;
	if (!is_model && !l->truncated)
		return error_set(err, ORAY_ERR_NOT_ONNX, ORAY_NO_OFFSET, NULL,
		                 "not an ONNX model: no graph, no IR version, no function in it");
	return l->truncated ? report_truncated(l, err) : ORAY_OK;
}

static oray_status load_into(oray_model *m, const oray_load_options *o, bool cut, oray_error *err)
{
	loader l = {.m = m,
	            .schema = schema_get(),
	            .max_depth = o->max_depth,
	            .max_nodes = o->max_nodes,
	            .truncated = cut};
	l.arena.budget = &m->budget;
	l.allocator = (ProtobufCAllocator){decode_alloc, decode_free, &l.arena};
	window_open(&l.window, m->source.fd, m->source.size, &m->budget);
	oray_status status = run(&l, err);
	loader_free(&l);
	return status;
}

oray_status oray_model_load(const char *path, const oray_load_options *opts, oray_model **out,
                            oray_error *err)
{
	oray_load_options o = complete(opts);
	uint64_t failures = heap_failures();
	source s;
	*out = NULL;
	if (err)
		*err = (oray_error){.code = ORAY_OK, .offset = ORAY_NO_OFFSET};
	oray_status status = source_open(path, &o, &s, err);
	if (status != ORAY_OK)
		return status;
	oray_model *m = model_new(memory_limit(&o, s.size));
	if (!m) {
		close(s.fd);
		return error_memory(err);
	}
	m->thorough = o.thorough;
	m->source = (model_source){s.fd, s.size, directory_of(path), o.unsafe_external};
	char *kept = arena_copy(&m->arena, path, strlen(path));
	m->info.path = kept ? (oray_str){kept, strlen(kept)} : (oray_str){"", 0};
	m->info.file_bytes = s.stored;
	m->info.model_bytes = s.size;
	m->info.compressed = s.compressed;
	if (m->source.directory && kept)
		status = load_into(m, &o, s.cut, err);
	else
		status = error_memory(err);
	model_settle(m);
	if (status == ORAY_OK && heap_failures() != failures) /* a finding got lost */
		status = error_memory(err);
	bool keep = status == ORAY_OK || (status == ORAY_ERR_TRUNCATED && m->nodes.n);
	if (keep)
		*out = m;
	else
		oray_model_free(m);
	return status;
}
