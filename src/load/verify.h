/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.h - faults that a loaded model no longer shows, noted while it is loaded.
 *
 * Only when the load options ask for it (oray_model.thorough): which fields of an attribute were
 * there, whether a declared type was complete, how many entries a tensor's data has. Everything
 * becomes a finding; nothing fails.
 */
#ifndef LOAD_VERIFY_H
#define LOAD_VERIFY_H

#include "load/loader.h"

/** What an attribute's message held. */
typedef struct verify_fields {
	uint32_t seen; /**< bit n: field n was there; of lists: has entries */
	int32_t type;  /**< as written */
	oray_id name;  /**< string */
	oray_id node;  /**< that has it */
	uint64_t offset;
} verify_fields;

/** Name, type, one value, of that type, or a reference. */
void verify_attribute(loader *l, const verify_fields *fields);

/** An input or output of the main graph, whose name and type have to be said in full. */
void verify_interface(loader *l, const model_declaration *d, bool is_input, uint64_t offset);

/** A function whose message has no domain field. */
void verify_function(loader *l, oray_str name, bool has_domain, uint64_t offset);

/** Element types, dimensions and data of all tensors. Reads lists of varints to count them. */
void verify_tensors(oray_model *m);

#endif
