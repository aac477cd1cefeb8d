/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.js - reads the data, shows a view, listens to keys and buttons.
 */

const views = {
	all: [],

	get(i) {
		return views.all[i] ||= new View(D.views[i], i);
	},

	/** Shows a view, and in it what is selected. `how`: { camera: false } leaves the camera alone. */
	show(i, how = {}) {
		const goesOn = board.view?.isPart && board.view.index === i;
		if (board.view?.index === i && !goesOn)
			return;
		const view = views.get(i), node = picked.what?.kind === 'node' ? picked.what.id : -1;
		page.look.bright = null;
		picked.lit = 0;
		const first = !board.view || board.view.isPart, kept = board.camera.scale;
		if (goesOn)
			board.goOn(view, page.look);
		else
			board.show(view, page.look);
		if (picked.what?.kind === 'module')
			picked.set(null, { quiet: true });
		if (!goesOn && (how.camera !== false || first))
			board.home();
		else if (!goesOn)
			board.camera.scale = Math.max(kept, READABLE);
		if (search.found)
			search.mark();
		if (node >= 0 && picked.items(view).length && how.camera !== false)
			board.reveal(picked.items(view)[0], true);
		for (const [k, button] of views.buttons.entries())
			button.setAttribute('aria-pressed', k === i ? 'true' : 'false');
		if (!first)
			page.say(`${view.name}: ${facts.count(view.n)} boxes`);
	},

	begin() {
		const box = document.getElementById('views');
		views.all = new Array(D.views.length).fill(null);
		views.buttons = D.views.map((v, i) => el('button', { text: v.name, 'aria-pressed': 'false',
			click: () => {
				views.show(i);
				address.push();
			} }));
		box.append(...views.buttons);
		box.hidden = D.views.length < 2;
	},

	next() {
		if (D.views.length > 1) {
			views.show((board.view.index + 1) % D.views.length);
			address.push();
		}
	},
};

/* What keys do on the picture; `keys` on the page say so as well. */
const keys = {
	'+': () => board.zoom(1.25),
	'=': () => board.zoom(1.25),
	'-': () => board.zoom(0.8),
	0: () => board.fit(),
	1: () => board.zoom(1 / board.camera.scale),
	p: () => picked.light(picked.lit === -1 ? 0 : -1),
	c: () => picked.light(picked.lit === 1 ? 0 : 1),
	b: () => picked.light(picked.lit === 2 ? 0 : 2),
	z: () => panel.center(),
	f: () => views.next(),
	d: () => page.toggleTheme(),
	n: () => search.next(1),
	N: () => search.next(-1),
	'?': () => help.open(true),
};

const help = {
	begin() {
		help.box = document.getElementById('help');
		document.getElementById('ask').addEventListener('click', () => help.open(true));
		document.getElementById('close-help').addEventListener('click', () => help.open(false));
	},

	open(is) {
		if (is)
			help.box.showModal();
		else
			help.box.close();
	},
};

function onArrow(e) {
	const along = { ArrowDown: 1, ArrowUp: -1 }, side = { ArrowLeft: -1, ArrowRight: 1 };
	const [forward, sideways] = board.view.right ? [side, along] : [along, side];
	if (!(e.key in along) && !(e.key in side))
		return false;
	if (e.shiftKey)
		board.pan(-80 * (side[e.key] || 0), -80 * (along[e.key] || 0));
	else if (e.key in forward)
		picked.step(forward[e.key]);
	else
		picked.step(0, sideways[e.key]);
	return true;
}

function onEscape() {
	if (picked.lit)
		picked.light(0);
	else if (!search.card.hidden)
		search.open(false);
	else if (search.found)
		search.clear();
	else if (summary.isOpen)
		summary.open(false);
	else if (picked.what)
		picked.clear();
}

function onKey(e) {
	const typing = e.target instanceof HTMLInputElement;
	if (help.box.open)
		return;
	if ((e.key === 'f' && (e.ctrlKey || e.metaKey)) || (e.key === '/' && !typing)) {
		search.focus();
	} else if (e.ctrlKey || e.altKey || e.metaKey || typing) {
		return;
	} else if (e.key === 'Escape') {
		onEscape();
	} else if (e.key === 's') {
		summary.open(!summary.isOpen);
		address.push();
	} else if (summary.isOpen) {
		return;
	} else if (e.target === board.canvas && onArrow(e)) {
		/* done */
	} else if (e.target === board.canvas && e.key === 'Enter') {
		if (picked.what && picked.items(board.view).length && picked.what.kind === 'module')
			picked.open(picked.items(board.view)[0]);
		else
			panel.body.focus();
	} else if (e.key in keys) {
		keys[e.key]();
	} else {
		return;
	}
	e.preventDefault();
}

/* Everything that is not needed to see the model. */
function main() {
	const greeted = !!board.view;
	if (greeted)
		draw.labels = [];
	else
		begin();
	panel.begin();
	views.begin();
	pointers.begin(board.canvas);
	search.begin();
	summary.begin();
	help.begin();
	address.begin();
	board.above = picked.draw;
	const click = (id, what) => document.getElementById(id).addEventListener('click', what);
	click('closer', () => board.zoom(1.25));
	click('farther', () => board.zoom(0.8));
	click('whole', () => board.fit());
	click('dark', () => page.toggleTheme());
	click('save', () => exporter.save());
	document.addEventListener('keydown', onKey);
	page.prefersDark.addEventListener('change', () => page.applyTheme());
	if (!address.follow())
		panel.show(null);
	search.show();
	if (page.narrow.matches && !picked.what)
		panel.raise(false);
	if (greeted)
		board.later();
	else
		seen();
	document.documentElement.dataset.ready = 'yes';
	performance.mark('ready');
}

const parsed = new Promise(done => document.addEventListener('DOMContentLoaded', done));

greeted.then(() => parsed).then(() => data.read('data')).then(json => {
	D = data.open(json);
	main();
}).catch(page.fail);
