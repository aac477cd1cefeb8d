/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page.js - what every part of the page uses: elements, the theme, what is said to screen readers.
 */

/**
 * Makes an element. `props`: class, text, and attributes by name; functions are listeners. Children
 * that are texts become text, null is left out. There is no other way markup comes about.
 */
function el(tag, props = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(props)) {
		if (value === null || value === undefined || value === false)
			continue;
		if (name === 'text')
			node.textContent = value;
		else if (typeof value === 'function')
			node.addEventListener(name, value);
		else
			node.setAttribute(name, value === true ? '' : value);
	}
	node.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== ''));
	return node;
}

const page = {
	narrow: window.matchMedia('(max-width: 719px)'),
	prefersDark: window.matchMedia('(prefers-color-scheme: dark)'),
	onTheme: null, /* called when colours are others */
	chosen: null, /* "light" or "dark" by hand or by command line; null: as the reader's system */

	begin() {
		page.chosen = D.theme || null;
		document.getElementById('title').textContent = D.title;
		page.applyTheme();
	},

	get themeName() {
		return page.chosen || (page.prefersDark.matches ? 'dark' : 'light');
	},

	toggleTheme() {
		page.chosen = page.themeName === 'dark' ? 'light' : 'dark';
		page.applyTheme();
		page.say(`${page.chosen} colours`);
	},

	applyTheme() {
		const name = page.themeName, colours = D.themes[name];
		document.documentElement.dataset.theme = name;
		page.look = { theme: colours, bright: page.look?.bright || null, hits: page.look?.hits || null,
			accent: getComputedStyle(document.documentElement).getPropertyValue('--accent').trim() };
		if (board.view) {
			board.tiles.clear(board.view, page.look);
			board.paint(performance.now());
		}
		page.onTheme?.();
	},

	/** Marks items: `bright` those of a path, `hits` those that a search found; null: none. */
	mark(marks) {
		Object.assign(page.look, marks);
		board.refresh(page.look);
	},

	/** Says instead of a picture why there is none. */
	fail(error) {
		const note = document.getElementById('note');
		note.textContent = `This page cannot show its model: ${error.message}. It needs a browser of 2023 or later.`;
		note.className = 'failed';
		note.hidden = false;
	},

	/** Said by screen readers, politely. */
	say(text) {
		document.getElementById('said').textContent = text;
	},

	/** A file of our own making, handed to the reader. */
	save(name, type, text) {
		const url = URL.createObjectURL(new Blob([text], { type }));
		const link = el('a', { href: url, download: name });
		document.body.append(link);
		link.click();
		link.remove();
		setTimeout(() => URL.revokeObjectURL(url), 10000);
	},
};
