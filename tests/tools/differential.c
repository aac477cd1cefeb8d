/* SPDX-License-Identifier: Apache-2.0 */
/*
 * differential - two ways of reading a model must agree.
 *
 * One is the library: a walk through a window, message by message. The other is what the generated
 * decoder makes of the whole file at once, which is slow, large and hard to get wrong. Everything
 * that both know is compared, field by field, values included.
 *
 *     differential [-v] FILE...       "-" instead of a file: their names, a line each, from stdin
 *
 * Says for each file that differs where it does, and for each that only one of both accepts why
 * that is right, if it is. With -v also for all others. The last line is "N passed, N failed".
 */
#include <sys/stat.h>
#include <zlib.h>

#include "../differential/graphs.h"
#include "../differential/scan.h"

/* Whole files larger than this are left to the window. */
#define LARGEST ((size_t)1 << 30)

/* It keeps an earlier text when the later one is empty, and of alternatives only the last piece. */
#define AGAIN "a message in pieces, which the decoder does not merge as the standard says"

typedef enum verdict { EQUAL, BOTH_REFUSE, ONLY_OURS, ONLY_THEIRS, DIFFERENT, SKIPPED } verdict;

static const char *const words[] = {
    "equal",     "both refuse", "only ours accepts", "only the decoder accepts",
    "DIFFERENT", "skipped"};

typedef struct whole {
	uint8_t *bytes;
	size_t size;
	bool readable; /**< to its end, without an error */
	bool too_large;
} whole;

/* A file, decompressed if it is compressed: zlib hands others through. */
static whole read_whole(const char *file)
{
	whole w = {0};
	size_t capacity = 0;
	struct stat st;
	if (stat(file, &st) < 0 || !S_ISREG(st.st_mode))
		return w;
	w.too_large = (uint64_t)st.st_size > LARGEST;
	gzFile f = w.too_large ? NULL : gzopen(file, "rb");
	for (int n = 1; f && n > 0 && !w.too_large;) {
		if (capacity - w.size < 65536) {
			capacity = capacity ? capacity * 2 : (size_t)st.st_size + 65536;
			w.bytes = must(realloc(w.bytes, capacity));
		}
		n = gzread(f, w.bytes + w.size, 65536);
		w.size += n > 0 ? (size_t)n : 0;
		w.readable = n == 0;
		w.too_large = w.size > LARGEST;
	}
	if (f && gzclose(f) != Z_OK)
		w.readable = false;
	return w;
}

static void same_configurations(check *c, const oray_model_info *info, const Onnx__ModelProto *p)
{
	if (!same_number(c, "configuration (number)", (int64_t)info->n_configurations,
	                 (int64_t)p->n_configuration))
		return;
	for (size_t i = 0; i < p->n_configuration; i++) {
		const oray_device_configuration *ours = &info->configurations[i];
		const Onnx__DeviceConfigurationProto *theirs = p->configuration[i];
		size_t mark = down(c, "configuration[%zu]", i);
		same_text(c, ".name", ours->name, theirs->name);
		same_number(c, ".num_devices", ours->n_devices,
		            theirs->has_num_devices ? theirs->num_devices : 0);
		same_names(c, "device", ours->names, ours->n_names, false, theirs->device,
		           theirs->n_device);
		up(c, mark);
	}
}

static void same_info(check *c, const oray_model_info *info, const Onnx__ModelProto *p)
{
	same_number(c, "ir_version", info->ir_version, p->has_ir_version ? p->ir_version : 0);
	same_number(c, "model_version (present)", info->has_model_version, p->has_model_version);
	same_number(c, "model_version", info->model_version,
	            p->has_model_version ? p->model_version : 0);
	same_text(c, "producer_name", info->producer, p->producer_name);
	same_text(c, "producer_version", info->producer_version, p->producer_version);
	same_text(c, "domain", info->domain, p->domain);
	same_text(c, "doc_string", info->doc, p->doc_string);
	same_number(c, "(bytes)", (int64_t)info->model_bytes, (int64_t)c->size);
	same_opsets(c, info->opsets, info->n_opsets, p->opset_import, p->n_opset_import);
	same_pairs(c, "metadata_props", info->metadata, info->n_metadata, p->metadata_props,
	           p->n_metadata_props);
	same_configurations(c, info, p);
}

/* Training graphs stand behind the functions, in the order of the file. */
static void same_training(check *c, const oray_model_info *info, const Onnx__ModelProto *p)
{
	oray_id next = (oray_id)(1 + p->n_functions);
	same_number(c, "training_info (number)", (int64_t)info->n_training,
	            (int64_t)p->n_training_info);
	for (size_t i = 0; i < p->n_training_info; i++) {
		const Onnx__GraphProto *parts[] = {p->training_info[i]->initialization,
		                                   p->training_info[i]->algorithm};
		for (unsigned k = 0; k < 2; k++) {
			if (!parts[k])
				continue;
			size_t mark = down(c, "training_info[%zu].%s", i, k ? "algorithm" : "initialization");
			const oray_graph *g = oray_model_graph(c->m, next);
			if (g)
				same_number(c, " (role)", g->role,
				            k ? ORAY_GRAPH_ALGORITHM : ORAY_GRAPH_INITIALIZATION);
			same_graph(c, next++, parts[k]);
			up(c, mark);
		}
	}
}

/* Every value knows who reads it, in order. */
static void same_uses(check *c, const oray_model_info *info)
{
	for (size_t i = 0; i < info->n_values; i++) {
		oray_value v;
		oray_model_value(c->m, (oray_id)i, &v);
		bool ascending = true;
		for (size_t k = 0; k + 1 < v.n_uses; k++)
			ascending &= v.uses[k] <= v.uses[k + 1];
		if (v.n_uses != c->reads[i] || !ascending)
			differ(c, "uses", "value %zu '%.60s' has %zu uses, %" PRIu32 " inputs name it", i,
			       v.name.data, v.n_uses, c->reads[i]);
	}
}

static unsigned compare(const char *file, const oray_model *m, const whole *w,
                        const Onnx__ModelProto *p)
{
	const oray_model_info *info = oray_model_describe(m);
	check c = {.file = file, .m = m, .bytes = w->bytes, .size = w->size};
	index_values(&c);
	same_info(&c, info, p);
	size_t mark = down(&c, "graph");
	same_graph(&c, 0, p->graph);
	up(&c, mark);
	if (same_number(&c, "functions (number)", (int64_t)info->n_functions,
	                (int64_t)p->n_functions)) {
		for (size_t i = 0; i < p->n_functions; i++) {
			mark = down(&c, "functions[%zu]", i);
			same_function(&c, (oray_id)i, p->functions[i]);
			up(&c, mark);
		}
	}
	same_training(&c, info, p);
	same_uses(&c, info);
	if (!c.found) { /* and nothing beyond what the message has */
		same_number(&c, "(graphs)", (int64_t)info->n_graphs, (int64_t)c.graphs);
		same_number(&c, "(nodes)", (int64_t)info->n_nodes, (int64_t)c.nodes);
		same_number(&c, "(tensors)", (int64_t)info->n_tensors, (int64_t)c.tensors);
	}
	free(c.slots);
	free(c.reads);
	return c.found;
}

/* Why the library may accept what the decoder refuses; NULL: it may not. */
static const char *excuse_ours(const scan *s)
{
	if (s->odd & ODD_HUGE)
		return "a length over INT_MAX";
	if (s->odd & ODD_GROUP)
		return "groups";
	if (s->odd & ODD_WIRE)
		return "a known field with another wire type";
	if (s->odd & ODD_PACKED)
		return "a packed list that was not looked into";
	if (s->odd & ODD_AGAIN)
		return AGAIN;
	return NULL;
}

/* Why the library may refuse what the decoder accepts. */
static const char *excuse_theirs(const scan *s, const whole *w, const Onnx__ModelProto *p,
                                 const oray_error *err)
{
	oray_status status = err->code;
	if (!w->size)
		return "an empty file";
	if (status == ORAY_ERR_LIMIT && strstr(err->message, "B of memory"))
		return "too much memory for its size";
	if (s->depth > 100 && status == ORAY_ERR_LIMIT)
		return "nested too deep";
	if ((s->odd & ODD_DIMS) && status == ORAY_ERR_LIMIT)
		return "too many dimensions";
	if (status == ORAY_ERR_NOT_ONNX && !p->graph && !p->n_functions)
		return "no model in it";
	return NULL;
}

static verdict judge(const char *file, oray_model *m, const oray_error *err, const whole *w,
                     const char **why)
{
	oray_status status = err->code;
	scan s = scan_model(&onnx__model_proto__descriptor, w->bytes, w->size);
	if (s.depth >= 1000) { /* would overflow the decoder's stack */
		*why = "nested too deep for the decoder";
		return status == ORAY_OK ? DIFFERENT : BOTH_REFUSE;
	}
	Onnx__ModelProto *p = w->readable ? onnx__model_proto__unpack(NULL, w->size, w->bytes) : NULL;
	verdict v = BOTH_REFUSE;
	if (p && status == ORAY_OK) {
		v = compare(file, m, w, p) ? DIFFERENT : EQUAL;
		if (v == DIFFERENT && (s.odd & ODD_AGAIN)) {
			*why = AGAIN;
			v = EQUAL;
		}
	} else if (p) {
		*why = excuse_theirs(&s, w, p, err);
		v = ONLY_THEIRS;
	} else if (status == ORAY_OK) {
		*why = excuse_ours(&s);
		v = ONLY_OURS;
	}
	if (p)
		onnx__model_proto__free_unpacked(p, NULL);
	return v;
}

static verdict run(const char *file, bool verbose)
{
	oray_model *m;
	oray_error err;
	const char *why = "";
	struct stat st;
	if (stat(file, &st) < 0 || !S_ISREG(st.st_mode)) {
		printf("skipped %s: no regular file\n", file);
		return SKIPPED;
	}
	oray_status status = oray_model_load(file, NULL, &m, &err);
	whole w = read_whole(file);
	verdict v = SKIPPED;
	if (w.too_large)
		why = "too large to be read as a whole";
	else
		v = judge(file, m, &err, &w, &why);
	if (verbose || v == ONLY_OURS || v == ONLY_THEIRS || (why && *why) || !why)
		printf("%s %s%s%s%s%s\n", words[v], file, why && !*why ? "" : ": ", why ? why : "NO REASON",
		       status != ORAY_OK ? ": " : "", status != ORAY_OK ? err.message : "");
	oray_model_free(m);
	free(w.bytes);
	return why ? v : DIFFERENT;
}

static void add_names(const char *file, bool verbose, size_t counts[])
{
	char line[4096];
	if (strcmp(file, "-") != 0) {
		counts[run(file, verbose)]++;
		return;
	}
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			counts[run(line, verbose)]++;
	}
}

int main(int argc, char **argv)
{
	size_t counts[SKIPPED + 1] = {0};
	bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	for (int i = 1 + verbose; i < argc; i++)
		add_names(argv[i], verbose, counts);
	for (size_t v = 0; v <= SKIPPED; v++)
		printf("%s%zu %s", v ? ", " : "", counts[v], words[v]);
	size_t passed = counts[EQUAL] + counts[BOTH_REFUSE] + counts[ONLY_OURS] + counts[ONLY_THEIRS];
	printf("\n%zu passed, %zu failed", passed, counts[DIFFERENT]);
	if (counts[SKIPPED])
		printf(", %zu skipped", counts[SKIPPED]);
	putchar('\n');
	return counts[DIFFERENT] != 0;
}
