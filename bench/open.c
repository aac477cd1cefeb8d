/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open.c - only opens a model and frees it: what loading costs, without a command around it.
 *
 *     open MODEL
 */
#include <stdio.h>

#include <onnxray/onnxray.h>

int main(int argc, char **argv)
{
	oray_error err;
	oray_model *model;
	if (argc != 2) {
		fprintf(stderr, "usage: open MODEL\n");
		return 2;
	}
	oray_status status = oray_model_load(argv[1], NULL, &model, &err);
	if (status != ORAY_OK)
		fprintf(stderr, "open: %s: %s\n", argv[1], err.message);
	oray_model_free(model);
	return status == ORAY_OK ? 0 : 3;
}
