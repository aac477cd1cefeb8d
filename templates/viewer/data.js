/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data.js - reads the blocks of data: inflates what is deflated, and undoes differences.
 *
 * "data" is everything, at the end of the page. Before the scripts of a large one stands "opening",
 * the part of the first view that is seen at once: { title, themes, sizes, views, labels }.
 *
 * Everything is in columns: nodes, values, tensors and graphs are numbers, which index the arrays of
 * `D.nodes`, `D.values` and so on. Texts are numbers of `D.strings`. All text of a model reaches the
 * page by textContent and fillText, so it stays text whatever it says.
 */
'use strict';

/** The data; facts.js and view.js read it. */
let D = null;

const data = {
	/** What is in a block, which is empty afterwards; null: there is no such block. */
	async read(id) {
		const block = document.getElementById(id), text = block?.textContent;
		if (!block)
			return null;
		block.textContent = '';
		if (block.dataset.coding !== 'deflate-raw')
			return JSON.parse(text);
		const inflater = new DecompressionStream('deflate-raw'), writer = inflater.writable.getWriter();
		writer.write(data.bytes(text)).catch(() => {}); /* the reader hears of it */
		writer.close().catch(() => {});
		return new Response(inflater.readable).json();
	},

	/* What base64 stands for. */
	bytes(text) {
		if (Uint8Array.fromBase64) /* browsers of 2025 */
			return Uint8Array.fromBase64(text);
		const packed = atob(text), bytes = new Uint8Array(packed.length);
		for (let i = 0; i < packed.length; i++)
			bytes[i] = packed.charCodeAt(i);
		return bytes;
	},

	open(json) {
		for (const table of [json.nodes, json.values, json.tensors])
			for (const name of table.delta || [])
				data.sum(table[name]);
		unpack.costs(json);
		unpack.tensors(json);
		return data.openViews(json);
	},

	openViews(json) {
		for (const view of json.views) {
			for (const name of view.delta || []) {
				const [table, column] = name.split('.');
				data.sum(view[table][column]);
			}
			for (const group of view.groups || [])
				data.sum(group.at(-1));
			unpack.tags(view);
		}
		return json;
	},

	/* Numbers are told as differences to the one before, which may be in the list before. */
	sum(column) {
		const n = column.length;
		let before = 0;
		if (Array.isArray(column[0])) {
			for (const list of column)
				for (let k = 0, m = list.length; k < m; k++)
					list[k] = before += list[k];
			return;
		}
		for (let i = 0; i < n; i++)
			column[i] = before += column[i];
	},

	/**
	 * Lists of small numbers by number, as two flat arrays: those of `key` are
	 * list[first[key]] to list[first[key + 1]] less one.
	 */
	lists(n, pairs) {
		const first = new Uint32Array(n + 1);
		pairs(key => { first[key + 1]++; });
		for (let i = 0; i < n; i++)
			first[i + 1] += first[i];
		const list = new Uint32Array(first[n]);
		const at = first.slice();
		pairs((key, what) => { list[at[key]++] = what; });
		return { first, list, of: key => list.subarray(first[key], first[key + 1]) };
	},
};
