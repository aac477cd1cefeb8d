/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines: parsed, and the words that --dim, --input, --fold, --around and the like take read
 * over a small model. Words stand between NUL bytes. No file is opened but our own.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/model_writer.h"
#include "cli/cli.h"
#include "cli/drawing.h"
#include "cli/given.h"
#include "cli/select.h"
#include "shared/fuzz.h"
#include "shared/sound.h"

enum { WORDS = 24, BYTES = 2000 };

/* Two layers in scopes, with a symbol. */
static fuzz_part get_bytes(void)
{
	static bytes model;
	if (!model.n) {
		bytes graph = {0}, a = make_node("Relu", "x", "t"), b = make_node("Conv", "t", "y"),
		      x = make_value("x");
		put_text(&a, 3, "layer1.0/act/Relu");
		put_text(&b, 3, "layer1.1/conv/Conv");
		put_message(&graph, 1, &a);
		put_message(&graph, 1, &b);
		put_message(&graph, 11, &x);
		model = make_model(&graph);
	}
	return (fuzz_part){model.at, model.n};
}

static void hold(oray_status status, const oray_error *err)
{
	if (status != ORAY_OK)
		fuzz_check_error(status, err);
}

static void use(options *o)
{
	static oray_error err;
	oray_model *m = fuzz_load(1, get_bytes(), NULL);
	oray_drawing d = {.theme = NULL};
	oray_id *nodes = NULL;
	size_t n;
	draft problem = {0};
	REQUIRE(m, "the model");
	o->bind.n = 0; /* names files */
	hold(given_infer(o, m, &err), &err);
	given_counting(o);
	drawing_read(o, &d, &problem);
	REQUIRE(!text_fault(draft_text(&problem), problem.n), draft_text(&problem));
	if (select_wanted(o)) {
		hold(select_nodes(m, o, &nodes, &n, &err), &err);
		for (size_t i = 0; nodes && i < n; i++)
			REQUIRE(nodes[i] < 2, "a node that there is not");
	}
	free(nodes);
	draft_free(&problem);
	oray_model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char copy[BYTES + 1];
	char *argv[WORDS + 2] = {(char *)(uintptr_t) "onnxray"};
	const char *operands[WORDS + 2];
	int argc = 1;
	if (size > BYTES)
		return 0;
	memcpy(copy, data, size);
	copy[size] = 0;
	for (size_t i = 0; i < size && argc <= WORDS; i += strlen(copy + i) + 1)
		argv[argc++] = copy + i;
	cli c = {.operands = operands};
	draft problem = {0};
	bool fine = cli_parse(&c, argc, argv, &problem);
	REQUIRE(fine == (problem.n == 0), "a problem has words");
	REQUIRE(c.command && c.n_operands <= (size_t)argc, "operands");
	if (fine)
		use(&c.options);
	options_free(&c.options);
	draft_free(&problem);
	return 0;
}
