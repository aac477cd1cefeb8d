/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_header.c - what the model says about itself.
 */
#include <inttypes.h>

#include "base/strings.h"
#include "check/check.h"

enum { IR_OPSETS = 3 };

/* Keys and domains that are there twice: what counts is then a matter of chance. */
static void check_twice(check_pass *pass)
{
	const oray_model_info *info = pass->info;
	strings keys = {0}, domains = {0};
	strings_init(&keys, NULL);
	strings_init(&domains, NULL);
	for (size_t i = 0; i < info->n_metadata; i++) {
		oray_str key = info->metadata[i].key;
		size_t n = strings_count(&keys);
		if (strings_add(&keys, key.data, key.size) < n)
			check_report(pass, CHECK_metadata_duplicate, check_at_model(),
			             "key '%.*s' of metadata_props is there more than once", CHECK_NAME(key));
	}
	for (size_t i = 0; i < info->n_opsets; i++) {
		oray_str domain = info->opsets[i].domain;
		size_t n = strings_count(&domains);
		if (strings_add(&domains, domain.data, domain.size) < n)
			check_report(pass, CHECK_opset_duplicate, check_at_model(),
			             "domain '%.*s' is imported more than once", CHECK_NAME(domain));
	}
	strings_free(&keys);
	strings_free(&domains);
}

/* Tools keep versions in 32 bits. */
static void check_versions(check_pass *pass, const oray_opset *at, size_t n, oray_place place)
{
	for (size_t i = 0; i < n; i++)
		if (at[i].version < INT32_MIN || at[i].version > INT32_MAX)
			check_report(pass, CHECK_opset_import, place,
			             "version %" PRId64 " of '%.*s' is no opset", at[i].version,
			             CHECK_NAME(at[i].domain));
}

static void check_imports(check_pass *pass)
{
	const oray_model_info *info = pass->info;
	if (info->ir_version >= IR_OPSETS && !info->n_opsets)
		check_report(pass, CHECK_opset_import, check_at_model(),
		             "no opset is imported, as IR version %" PRId64 " asks for", info->ir_version);
	if (info->ir_version < IR_OPSETS && info->n_opsets)
		check_report(pass, CHECK_opset_import, check_at_model(),
		             "opsets are imported, which IR version %" PRId64 " does not know",
		             info->ir_version);
	check_versions(pass, info->opsets, info->n_opsets, check_at_model());
	for (oray_id i = 0; i < info->n_functions; i++) {
		const oray_function *f = oray_model_function(pass->model, i);
		check_versions(pass, f->opsets, f->n_opsets, check_at_function(i));
	}
}

void check_header(check_pass *pass)
{
	int64_t ir = pass->info->ir_version;

	if (pass->info->truncated)
		check_report(pass, CHECK_truncated, check_at_model(),
		             "at least %" PRIu64 " bytes are missing; what follows is about the rest",
		             pass->info->missing_bytes);
	if (ir == 0)
		check_report(pass, CHECK_ir_version_missing, check_at_model(),
		             "ir_version is not there, or 0");
	if (ir > ORAY_NEWEST_IR)
		check_report(pass, CHECK_ir_version_unknown, check_at_model(),
		             "IR version %" PRId64 ", known is up to %d", ir, ORAY_NEWEST_IR);
	check_imports(pass);
	check_twice(pass);
}
