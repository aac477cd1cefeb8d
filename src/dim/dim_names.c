/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dim_names.c - which symbols there are.
 */
#include "dim/dim_pool.h"

void dims_names(const dims *p, buf *out)
{
	enum { SHOWN = 20 };
	size_t n = 0;
	for (size_t i = 0; i < p->symbols.n; i++) {
		if (p->symbols.at[i].bound || p->symbols.at[i].origin == DIM_DATA)
			continue;
		if (n++ >= SHOWN)
			continue;
		oray_str s = strings_get(&p->names, p->symbols.at[i].name);
		buf_str(out, n > 1 ? ", " : "");
		buf_add(out, s.data, s.size);
	}
	if (n > SHOWN)
		buf_format(out, " and %zu more", n - SHOWN);
}
