/* SPDX-License-Identifier: Apache-2.0 */
/* data.js - reads the data block: inflates it where it is deflated, undoes differences. */
'use strict';

const data = {
	async read() {
		const block = document.getElementById('data');
		const text = block.textContent;
		if (block.dataset.coding !== 'deflate-raw')
			return JSON.parse(text);
		const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
		const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
		return JSON.parse(await new Response(stream).text());
	},
};
