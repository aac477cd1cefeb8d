/* SPDX-License-Identifier: Apache-2.0 */
/* The program's files: tables of numbers, a node each (--color-by FILE). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/model_writer.h"
#include "cli/per_node.h"
#include "shared/fuzz.h"
#include "shared/sound.h"

/* Nodes "a" (its output "x"), a Conv without a name, one named b,"c". */
static oray_model *get_model(void)
{
	static oray_model *m;
	if (m)
		return m;
	bytes graph = {0}, a = make_node("Relu", "i", "x"), b = make_node("Conv", "x", "y"),
	      c = make_node("Add", "y", "z é");
	put_text(&a, 3, "a");
	put_text(&c, 3, "b,\"c\"");
	put_message(&graph, 1, &a);
	put_message(&graph, 1, &b);
	put_message(&graph, 1, &c);
	bytes model = make_model(&graph);
	m = fuzz_load(1, (fuzz_part){model.at, model.n}, NULL);
	free(model.at);
	REQUIRE(m && oray_model_describe(m)->n_nodes == 3, "the model");
	return m;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static oray_error err;
	const oray_model *m = get_model();
	per_node numbers;
	draft notes = {0};
	oray_status status =
	    per_node_read(m, fuzz_file(0, (fuzz_part){data, size}), &numbers, &notes, &err);
	if (status != ORAY_OK)
		fuzz_check_error(status, &err);
	REQUIRE(!text_fault(draft_text(&notes), notes.n), draft_text(&notes));
	if (status == ORAY_OK) {
		REQUIRE(numbers.title && !text_fault(numbers.title, strlen(numbers.title)), numbers.title);
		REQUIRE(numbers.matched && numbers.matched <= numbers.rows, "rows");
		per_node_free(&numbers);
	}
	draft_free(&notes);
	return 0;
}
