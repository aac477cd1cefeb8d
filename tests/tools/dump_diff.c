/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dump_diff.c - what oray_compare() says, as JSON lines for tests: one object for the whole, one
 * for each pair of weights, for each layer.
 *
 *     dump_diff [-s] [-n] A B       -s: no weights are read; -n: no inference
 *
 * Names are those of the model, escaped for printing.
 */
#include <onnxray/onnxray.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void text(const char *key, const char *s, size_t n, const char *end)
{
	printf("\"%s\": ", key);
	if (!s) {
		printf("null%s", end);
		return;
	}
	putchar('"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	printf("\"%s", end);
}

static void word(const char *key, const char *s, const char *end)
{
	text(key, s, s ? strlen(s) : 0, end);
}

static void number(const char *key, double x, const char *end)
{
	if (isfinite(x))
		printf("\"%s\": %.17g%s", key, x, end);
	else
		printf("\"%s\": \"%s\"%s", key, isnan(x) ? "nan" : x > 0 ? "inf" : "-inf", end);
}

static void label(const char *key, const oray_model *m, oray_id node, const char *end)
{
	char buf[400];
	oray_node n;
	char more[500];
	if (!oray_model_node(m, node, &n)) {
		word(key, NULL, end);
		return;
	}
	oray_node_label(m, node, buf, sizeof buf);
	snprintf(more, sizeof more, "%.*s %s", (int)n.op.size, n.op.data, buf);
	word(key, more, end);
}

static void changes(const char *what, const oray_change *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("{");
		word("kind", what, ", ");
		word("what", c[i].what, ", ");
		word("a", c[i].a, ", ");
		word("b", c[i].b, "}\n");
	}
}

static void weights(const oray_difference *d)
{
	for (size_t i = 0; i < d->n_weights; i++) {
		const oray_weight_pair *w = &d->weights[i];
		printf("{\"kind\": \"weight\", ");
		text("a", w->name_a.data, w->name_a.size, ", ");
		text("b", w->name_b.data, w->name_b.size, ", ");
		word("type_a", oray_type_name(w->type_a), ", ");
		word("type_b", oray_type_name(w->type_b), ", ");
		word("role", oray_role_name(w->role), ", ");
		word("by", oray_match_name(w->matched_by), ", ");
		printf("\"folded\": %s, ", w->folded ? "true" : "false");
		if (w->measured) {
			printf("\"elements\": %" PRIu64 ", ", w->fidelity.elements);
			number("sqnr_db", w->fidelity.sqnr_db, ", ");
			number("mse", w->fidelity.mse, ", ");
			number("max_abs_error", w->fidelity.max_abs_error, ", ");
			number("cosine", w->fidelity.cosine, ", ");
			printf("\"identical\": %s, ", w->fidelity.identical ? "true" : "false");
		}
		word("why", w->why, "}\n");
	}
}

static void layers(const oray_difference *d)
{
	for (size_t i = 0; i < d->n_layers; i++) {
		const oray_layer_pair *l = &d->layers[i];
		printf("{\"kind\": \"layer\", ");
		label("a", d->a, l->a, ", ");
		label("b", d->b, l->b, ", ");
		word("by", oray_match_name(l->matched_by), ", ");
		word("fate", l->fate, ", \"changes\": [");
		for (size_t k = 0; k < l->n_changes; k++) {
			printf("%s{", k ? ", " : "");
			word("what", l->changes[k].what, ", ");
			word("a", l->changes[k].a, ", ");
			word("b", l->changes[k].b, "}");
		}
		printf("], \"weights\": [");
		for (size_t k = 0; k < l->n_weights; k++)
			printf("%s%zu", k ? ", " : "", l->weights[k]);
		printf("]}\n");
	}
}

int main(int argc, char **argv)
{
	oray_difference_options opts = {0};
	oray_model *model[2] = {NULL, NULL};
	oray_difference *d;
	oray_error err;
	int at = 1, infer = 1;
	for (; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
		opts.no_weights |= !strcmp(argv[at], "-s");
		infer &= strcmp(argv[at], "-n") != 0;
	}
	if (argc - at != 2)
		return 2;
	for (int i = 0; i < 2; i++) {
		oray_status status = oray_model_load(argv[at + i], NULL, &model[i], &err);
		if (status == ORAY_OK && infer)
			status = oray_model_infer(model[i], NULL, &err);
		if (status != ORAY_OK) {
			fprintf(stderr, "%s: %s\n", argv[at + i], err.message);
			oray_model_free(model[0]);
			oray_model_free(model[1]);
			return 3;
		}
	}
	if (oray_compare(model[0], model[1], &opts, NULL, NULL, &d, &err) != ORAY_OK) {
		fprintf(stderr, "%s\n", err.message);
		oray_model_free(model[0]);
		oray_model_free(model[1]);
		return 4;
	}
	printf("{\"kind\": \"whole\", \"same\": %s, ", d->same ? "true" : "false");
	word("relation", oray_relation_name(d->relation), ", ");
	word("verdict", d->verdict, ", ");
	printf("\"n_equal\": %zu, \"n_layers\": %zu, \"weights_a\": %zu, \"weights_b\": %zu, "
	       "\"n_weights\": %zu}\n",
	       d->n_equal, d->n_layers, d->weights_a, d->weights_b, d->n_weights);
	changes("header", d->header, d->n_header);
	changes("interface", d->interface, d->n_interface);
	changes("operator", d->operators, d->n_operators);
	weights(d);
	layers(d);
	oray_difference_free(d);
	oray_model_free(model[0]);
	oray_model_free(model[1]);
	return 0;
}
