/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack.js - undoes what makes the data small, beyond differences: see src/export/html_*.c.
 */

const unpack = {
	/** In columns of costs a negative number is that of a text, a formula. */
	costs(json) {
		for (const name of ['macs', 'memory', 'live', 'moved']) {
			const column = json.nodes[name];
			for (let i = 0; i < column.length; i++)
				if (column[i] < 0)
					column[i] = json.strings[-column[i]];
		}
	},

	/** values.init: 0 for none, otherwise the step from the last one, never 0. */
	tensors(json) {
		const init = json.values.init;
		for (let i = 0, last = -1; i < init.length; i++) {
			const step = init[i];
			last += step < 0 ? step + 1 : step;
			init[i] = step ? last : -1;
		}
	},

	/** Texts beside wires are told in columns, from where their way begins. */
	tags(view) {
		const { label, x, y, way, end } = view.tags, { items, ways } = view;
		view.tags = label.map((text, i) => {
			const w = way[i], from = ways.from[w], start = ways.d[w];
			return [text, items.x[from] + start[0] + x[i], items.y[from] + start[1] + y[i], w, end[i]];
		});
	},
};
