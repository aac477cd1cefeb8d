/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search.js - finds nodes by name, operator, shape, attribute, value; marks all that are found and
 * lists them. Without a query the list holds all nodes, which is also how a screen reader goes
 * through the model.
 *
 * All words of a query must be found somewhere; "op:conv", "name:", "shape:", "attr:" and "value:"
 * look in one place only.
 */

const FIELDS = ['op', 'name', 'attr', 'value', 'shape'];

const search = {
	found: null, /* nodes, in order; null: no query */
	at: -1,

	begin() {
		search.box = document.getElementById('query');
		search.card = document.getElementById('results');
		search.count = document.getElementById('count');
		search.list = new List(document.getElementById('nodes'), {
			row: 40, label: 'Nodes',
			make: () => el('div', {}, el('i', { class: 'dot' }), el('span', { class: 'two' },
				el('span', { class: 'op' }), el('span', { class: 'name' })), el('span', { class: 'shape' })),
			fill: (row, i) => search.fill(row, i),
			choose: i => search.go(i),
			move: i => search.look(i),
		});
		search.box.addEventListener('input', () => {
			clearTimeout(search.timer);
			search.timer = setTimeout(() => search.run(search.box.value), D.nodes.name.length > 20000 ? 160 : 60);
		});
		search.box.addEventListener('focus', () => search.open(search.box.value !== ''));
		search.box.addEventListener('keydown', e => search.key(e));
		document.getElementById('prev').addEventListener('click', () => search.next(-1));
		document.getElementById('next').addEventListener('click', () => search.next(1));
		document.getElementById('list').addEventListener('click', () => {
			search.open(search.card.hidden);
			if (!search.card.hidden)
				search.list.box.focus();
		});
		search.list.box.addEventListener('keydown', e => {
			if (e.key === 'Escape') {
				e.stopPropagation();
				search.open(false);
				board.canvas.focus();
			}
		});
	},

	open(is) {
		search.card.hidden = !is;
		document.getElementById('list').setAttribute('aria-expanded', is ? 'true' : 'false');
		search.box.setAttribute('aria-expanded', is ? 'true' : 'false');
		if (is)
			search.list.draw();
	},

	/* ------------------------------------------------------------------------- looking -- */

	/* What a node says, in lower case: a text for each field. Made when it is first asked for. */
	words() {
		if (search.texts)
			return search.texts;
		const attrs = D.attrs.map((_, i) => facts.attributes(i).map(a => `${a.name}=${a.value}`).join(' ')
			.toLowerCase());
		const types = D.types.map(t => `${facts.text(t[0])} ${facts.text(t[1])}`.toLowerCase().replaceAll('\u00d7', 'x'));
		const names = D.strings.map(s => s.toLowerCase());
		const ops = D.ops.map(op => `${names[op[0]]} ${names[op[1]]} ${names[op[4]]}`);
		const { nodes, values } = D;
		const n = nodes.name.length, out = { op: new Array(n), name: new Array(n), attr: new Array(n),
			value: new Array(n), shape: new Array(n) };
		for (let i = 0; i < n; i++) {
			let value = '', shape = '';
			for (const v of [...nodes.in[i], ...nodes.out[i]])
				if (v >= 0) {
					value += ` ${names[values.name[v]]}`;
					shape += ` ${types[values.type[v]]}`;
				}
			out.op[i] = ops[nodes.op[i]];
			out.name[i] = `${names[nodes.name[i]]} ${names[nodes.label[i] || 0]}`;
			out.attr[i] = attrs[nodes.attr[i]];
			out.value[i] = value;
			out.shape[i] = shape;
		}
		return search.texts = out;
	},

	/* "op:conv 1x3" as [[fields, text]...]. */
	parse(query) {
		return query.toLowerCase().trim().split(/\s+/).filter(Boolean).map(word => {
			const [, field, rest] = word.match(/^(\w+):(.+)$/) || [];
			const text = (FIELDS.includes(field) ? rest : word).replaceAll('\u00d7', 'x');
			return [FIELDS.includes(field) ? [field] : FIELDS, text];
		});
	},

	run(query) {
		const terms = search.parse(query);
		search.at = -1;
		if (!terms.length) {
			search.found = null;
		} else {
			const words = search.words(), found = [];
			for (let i = 0; i < D.nodes.name.length; i++)
				if (terms.every(([fields, text]) => fields.some(f => words[f][i].includes(text))))
					found.push(i);
			search.found = found;
		}
		search.show();
		search.mark();
		search.open(!!search.found || !search.card.hidden);
		page.say(search.found ? `${facts.count(search.found.length)} found` : 'search is empty');
	},

	/** Marks what was found in the view that is shown. */
	mark() {
		if (!search.found) {
			if (page.look.hits)
				page.mark({ hits: null });
			return;
		}
		const v = board.view, hits = new Uint8Array(v.n);
		for (const node of search.found) {
			const item = v.itemNear(node);
			if (item >= 0)
				hits[item] = 1;
		}
		page.mark({ hits });
	},

	/* ------------------------------------------------------------------------- showing -- */

	nodeAt: i => search.found ? search.found[i] : i,

	show() {
		const n = search.found ? search.found.length : D.nodes.name.length;
		search.count.textContent = !search.found ? '' : !n ? 'none'
			: `${search.at >= 0 ? `${facts.count(search.at + 1)} of ` : ''}${facts.count(n)}`;
		document.getElementById('steps').hidden = !search.found;
		document.getElementById('empty').hidden = n > 0;
		document.getElementById('total').textContent = search.found
			? `${facts.count(n)} of ${facts.count(D.nodes.name.length)} nodes` : `${facts.count(n)} nodes`;
		search.list.set(n, search.at);
	},

	fill(row, i) {
		const node = search.nodeAt(i), [dot, two, shape] = row.children;
		const out = D.nodes.out[node].find(v => v >= 0);
		dot.style.background = panel.color(node);
		two.children[0].textContent = facts.opName(node);
		two.children[1].textContent = facts.nodeName(node);
		shape.textContent = out === undefined ? '' : facts.shape(out);
	},

	/* The active row: seen in the picture while the list keeps the focus. */
	look(i) {
		search.at = i;
		picked.node(search.nodeAt(i), { quiet: true, sheet: false });
		if (search.found)
			search.count.textContent = `${facts.count(i + 1)} of ${facts.count(search.found.length)}`;
	},

	go(i) {
		search.look(i);
		address.push();
		summary.open(false);
		if (page.narrow.matches) {
			search.open(false);
			panel.raise(true);
		}
	},

	next(step) {
		const n = search.found ? search.found.length : 0;
		if (!n)
			return;
		search.list.activate(search.at < 0 ? (step > 0 ? 0 : n - 1) : (search.at + step + n) % n);
	},

	key(e) {
		if (e.key === 'Enter') {
			e.preventDefault();
			clearTimeout(search.timer);
			if (search.box.value.trim() && search.ran !== search.box.value)
				search.run(search.box.value);
			search.ran = search.box.value;
			search.next(e.shiftKey ? -1 : 1);
		} else if (e.key === 'ArrowDown') {
			e.preventDefault();
			search.open(true);
			search.list.box.focus();
		} else if (e.key === 'Escape') {
			e.stopPropagation();
			if (search.box.value) {
				search.clear();
			} else {
				search.open(false);
				board.canvas.focus();
			}
		}
	},

	clear() {
		search.box.value = search.ran = '';
		search.run('');
		search.open(false);
	},

	focus() {
		summary.open(false);
		search.box.focus();
		search.box.select();
	},
};
