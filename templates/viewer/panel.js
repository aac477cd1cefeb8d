/* SPDX-License-Identifier: Apache-2.0 */
/*
 * panel.js - everything about what is selected. Names of values, nodes and graphs are buttons that
 * go there.
 */

/** Entries of a list that are shown before a button for the rest. */
const SHOWN = 24;

const panel = {
	begin() {
		panel.box = document.getElementById('panel');
		panel.body = document.getElementById('facts');
		document.getElementById('handle').addEventListener('click', () => panel.raise(!panel.isUp));
		panel.raise(false);
	},

	/** On a phone the panel is a sheet: up, or only its upper edge. */
	raise(up) {
		panel.isUp = up;
		panel.box.classList.toggle('up', up);
		const handle = document.getElementById('handle');
		handle.setAttribute('aria-expanded', up ? 'true' : 'false');
		board.cover = page.narrow.matches ? panel.box.getBoundingClientRect().height : 0;
	},

	show(what) {
		const makers = { node: panel.node, value: panel.value, graph: panel.graph,
			module: panel.module, gone: panel.gone };
		panel.body.replaceChildren(...(what ? makers[what.kind](what.id) : panel.model()));
		panel.body.scrollTop = 0;
		panel.showLit();
	},

	/* -------------------------------------------------------------------------- pieces -- */

	head(kind, title, paint, sub) {
		const chip = el('p', { class: 'chip', text: kind });
		if (paint) {
			chip.style.background = paint[1];
			chip.style.color = paint[3];
			chip.style.borderColor = paint[2];
		}
		return el('header', {}, chip, el('h2', { text: title, id: 'panel-title' }),
			sub && el('p', { class: 'sub', text: sub }));
	},

	section(title, ...children) {
		const some = children.flat().filter(Boolean);
		return some.length ? el('section', {}, el('h3', { text: title }), ...some) : null;
	},

	/** A table of facts: [name, value or element, dim]. What is empty is left out. */
	facts(rows) {
		const some = rows.filter(([, value]) => value !== '' && value !== null && value !== undefined);
		return some.length ? el('dl', {}, some.map(([name, value, dim]) => [
			el('dt', { text: name }),
			el('dd', { class: dim ? 'dim' : null }, value instanceof Node ? value : String(value)),
		])) : null;
	},

	/** The first of many, and a button that shows the others. */
	some(items, make) {
		const all = [...items], out = all.slice(0, SHOWN).map(make);
		if (all.length > SHOWN) {
			const more = el('button', { class: 'link more', text: `${facts.count(all.length - SHOWN)} more`,
				click: () => more.replaceWith(...all.slice(SHOWN, SHOWN + 2000).map(make)) });
			out.push(more);
		}
		return out;
	},

	nodeButton(node) {
		return el('button', { class: 'link node', click: () => picked.node(node) },
			panel.swatch(node), el('b', { text: facts.opName(node) }), ' ',
			el('span', { text: facts.nodeName(node) }));
	},

	/* A dot in the colour of a node's box. */
	swatch(node) {
		const dot = el('i', { class: 'dot', 'aria-hidden': 'true' });
		dot.style.background = panel.color(node);
		return dot;
	},

	color(node) {
		const item = board.view.itemOfNode[node], { paints } = page.look.theme, { category } = facts.op(node);
		const paint = item >= 0 && board.view.kind[item] === KIND.NODE ? paints[board.view.paint[item]]
			: paints.find(p => p[0] === category);
		return paint ? paint[1] : '';
	},

	valueButton: value => el('button', { class: 'link', text: facts.valueName(value),
		click: () => picked.value(value) }),

	graphButton: graph => el('button', { class: 'link', text: facts.graphName(graph),
		click: () => picked.graph(graph) }),

	pairs: (title, list) => {
		const rows = [];
		for (let i = 0; list && i + 1 < list.length; i += 2)
			rows.push([facts.text(list[i]), facts.text(list[i + 1])]);
		return panel.section(title, panel.facts(rows));
	},

	notes(kind, id) {
		const doc = D.docs?.[kind]?.[id];
		return [
			doc ? panel.section('Documentation', el('p', { class: 'doc', text: facts.text(doc) })) : null,
			panel.pairs('Metadata', D.meta?.[kind]?.[id]),
		];
	},

	quant(kind, id) {
		const rows = facts.quantized(kind, id);
		return panel.section('Quantization', panel.some(rows, ([role, value, text]) => el('div', { class: 'end' },
			el('span', { class: 'formal', text: role }), el('div', {},
				value >= 0 && (kind === 'nodes' || value !== id) ? panel.valueButton(value) : null,
				el('p', { class: 'numbers', text })))));
	},

	paths() {
		const button = (direction, text, key) => el('button', { class: 'path', 'data-lit': direction,
			'aria-pressed': 'false', title: `${text} (${key})`, text,
			click: () => picked.light(picked.lit === direction ? 0 : direction) });
		return el('div', { class: 'paths', role: 'group', 'aria-label': 'Light up' },
			button(-1, 'Depends on', 'p'), button(1, 'Leads to', 'c'),
			el('button', { text: 'Show', title: 'Move to it (z)', click: () => panel.center() }));
	},

	center() {
		const item = picked.items(board.view)[0];
		if (item !== undefined)
			board.reveal(item, true);
	},

	showLit() {
		for (const button of panel.body.querySelectorAll('[data-lit]'))
			button.setAttribute('aria-pressed', Number(button.dataset.lit) === picked.lit ? 'true' : 'false');
	},

	/* -------------------------------------------------------------------------- a node -- */

	node(id) {
		const op = facts.op(id), item = board.view.itemOfNode[id];
		const own = item >= 0 && board.view.kind[item] === KIND.NODE;
		const paint = own ? page.look.theme.paints[board.view.paint[item]] : null;
		const scope = facts.text(D.nodes.scope[id]), graph = D.nodes.graph[id];
		return [
			panel.head(op.name, facts.nodeName(id), paint, facts.state(id)),
			panel.paths(),
			panel.facts([
				['Operator', `${op.domain && op.domain !== 'ai.onnx' ? `${op.domain}.` : ''}${op.name}` +
					(op.overload ? `:${op.overload}` : '')],
				['Version', op.since ? `${op.since}${op.opset && op.opset !== op.since ? `, in opset ${op.opset}` : ''}`
					: op.opset ? `opset ${op.opset}` : ''],
				['Category', op.category],
				['Module', scope],
				['Graph', D.graphs.length > 1 ? panel.graphButton(graph) : ''],
			]),
			panel.quant('nodes', id),
			panel.attributes(D.nodes.attr[id]),
			panel.ends('Inputs', D.nodes.in[id], op.inputs, id, -1),
			panel.ends('Outputs', D.nodes.out[id], op.outputs, id, 1),
			panel.section('Cost', panel.facts([
				['MACs', facts.amount(D.nodes.macs[id])],
				['Parameters', D.nodes.params[id] === null ? 'unknown' : facts.count(D.nodes.params[id])],
				['Outputs', facts.amountBytes(D.nodes.memory?.[id])],
				['Alive while it runs', facts.amountBytes(D.nodes.live?.[id])],
				['Bytes moved', facts.amountBytes(D.nodes.moved?.[id])],
			])),
			panel.section('Bodies', facts.bodies(id).map(g => el('p', {}, panel.graphButton(g)))),
			panel.section('Sharding', (D.shard?.[id] || []).map(s => el('p', { text: facts.text(s) }))),
			panel.changes(id),
			...panel.notes('nodes', id),
		].filter(Boolean);
	},

	attributes(list) {
		const words = ['', '', 'default', 'missing'];
		const rows = facts.attributes(list);
		return panel.section('Attributes', panel.facts(rows.map(a => [
			a.name,
			el('span', { title: a.type || null }, a.value || (a.how === 3 ? 'required, and missing' : '""'),
				words[a.how] && a.how !== 3 ? el('small', { text: words[a.how] }) : ''),
			a.how === 2,
		])));
	},

	/* Inputs or outputs: formal name, value, type, and the nodes at its other end. */
	ends(title, list, formals, node, direction) {
		const entries = list.map((value, i) => ({ value, formal: facts.formal(formals, i) }))
			.filter(e => e.value >= 0 || e.formal);
		return panel.section(title, panel.some(entries, ({ value, formal }) => value < 0
			? el('div', { class: 'end' }, el('span', { class: 'formal dim', text: formal }),
				el('span', { class: 'dim', text: 'left out' }))
			: panel.end(value, formal, node, direction)));
	},

	end(value, formal, node, direction) {
		const tensor = D.values.init[value], maker = facts.maker(value);
		const others = direction > 0 ? [...facts.readers(value)] : maker >= 0 ? [maker] : [];
		const flags = D.values.flags[value];
		return el('div', { class: 'end' },
			el('span', { class: 'formal', text: formal }),
			el('div', {}, panel.valueButton(value),
				el('p', { class: 'type', text: facts.typed(value) || 'type unknown' }),
				tensor >= 0 ? el('p', { class: 'numbers', text: panel.first(tensor, 96) }) : null,
				direction < 0 && maker < 0 && tensor < 0 ? el('p', { class: 'dim', text: flags & 1
					? 'input of the graph' : flags & 4 ? 'nobody makes it' : '' }) : null,
				direction > 0 && flags & 2 ? el('p', { class: 'dim', text: 'output of the graph' }) : null,
				panel.some(others, panel.nodeButton)));
	},

	/* The first elements of a tensor. */
	first(tensor, most) {
		const text = facts.text(D.tensors.text[tensor]);
		const whole = D.tensors.all?.[tensor] && text.length <= most;
		return text ? (whole ? text : `${text.slice(0, most).replace(/,[^,]*$/, '')}, \u2026`) : '';
	},

	changes(id) {
		const change = facts.change(id);
		return change && panel.section('Difference', panel.facts(change));
	},

	/* ------------------------------------------------------------------------- a value -- */

	value(id) {
		const flags = D.values.flags[id], maker = facts.maker(id), tensor = D.values.init[id];
		const readers = [...facts.readers(id)], annotation = D.annotations?.[id];
		return [
			panel.head(tensor >= 0 ? flags & 16 ? 'Constant' : 'Initializer' : flags & 1 ? 'Input'
				: flags & 2 ? 'Output' : 'Value', facts.valueName(id)),
			el('div', { class: 'paths' }, el('button', { text: 'Show', click: () => panel.center() })),
			panel.facts([
				['Type', facts.typeName(id) || 'unknown'],
				['Shape', facts.shape(id) || (tensor >= 0 ? 'scalar' : 'unknown')],
				['Size', facts.valueBytes(id) === null ? '' : facts.amountBytes(facts.valueBytes(id))],
				['Known from', flags & 8 ? 'shape inference' : ''],
				['Role', [flags & 1 ? 'input of the graph' : '', flags & 2 ? 'output of the graph' : '',
					flags & 4 ? 'nobody makes it' : ''].filter(Boolean).join(', ')],
				['Graph', D.graphs.length > 1 && D.values.graph ? panel.graphButton(D.values.graph[id]) : ''],
			]),
			panel.quant('values', id),
			annotation ? panel.section('Annotation', panel.facts([['Scale', facts.text(annotation[0])],
				['Zero point', facts.text(annotation[1])]])) : null,
			panel.tensor(tensor),
			maker >= 0 ? panel.section('Made by', panel.nodeButton(maker)) : null,
			panel.section(`Read by ${readers.length ? facts.count(readers.length) : 'nobody'}`,
				readers.length ? panel.some(readers, panel.nodeButton) : [el('p', { class: 'dim', text: flags & 2
					? 'It leaves the graph.' : 'No node reads it.' })]),
			...panel.notes('values', id),
		].filter(Boolean);
	},

	tensor(t) {
		if (t < 0)
			return null;
		const text = facts.text(D.tensors.text[t]), of = D.tensors;
		return panel.section('Stored', panel.facts([
			['Role', facts.text(of.role[t])],
			['Elements', of.elements[t] === null ? 'unknown' : facts.count(of.elements[t])],
			['Bytes', of.bytes[t] === null ? 'unknown' : facts.bytes(of.bytes[t])],
			['Storage', facts.text(of.storage[t])],
		]), text ? el('pre', { class: 'numbers', tabindex: '0', 'aria-label': 'Elements',
			text: of.all?.[t] ? text : `${text}, \u2026` }) : null);
	},

	/* ------------------------------------------------------------ graphs, modules, model -- */

	graph(id) {
		const g = D.graphs[id], f = (D.functions || []).find(x => x.graph === id);
		const kinds = { main: 'Main graph', body: 'Body', function: 'Function' };
		const calls = f ? D.nodes.op.reduce((list, op, n) => (D.ops[op][5] === id && list.push(n), list), []) : [];
		return [
			panel.head(kinds[g.kind] || 'Graph', facts.graphName(id)),
			panel.facts([
				['Name', facts.text(g.name)],
				['Nodes', g.nodes === undefined ? '' : facts.count(g.nodes)],
				['Inside', g.node >= 0 ? panel.nodeButton(g.node) : ''],
				['Domain', f ? facts.text(f.domain) : ''],
				['Attributes', f ? f.attributes.map(facts.text).join(', ') : ''],
			]),
			f && f.defaults ? panel.attributes(f.defaults) : null,
			panel.values('Inputs', g.inputs),
			panel.values('Outputs', g.outputs),
			calls.length ? panel.section(`Called by ${facts.count(calls.length)}`,
				panel.some(calls, panel.nodeButton)) : null,
			g.doc || f?.doc ? panel.section('Documentation',
				el('p', { class: 'doc', text: facts.text(g.doc || f.doc) })) : null,
			panel.pairs('Metadata', g.meta),
			panel.pairs('Metadata of the function', f?.meta),
		].filter(Boolean);
	},

	values: (title, list) => panel.section(title, panel.some(list.filter(v => v >= 0),
		value => panel.end(value, '', -1, 0))),

	module(id) {
		const [name, repeats, part, parts, params, macs, nodes] = board.view.groups[id];
		return [
			panel.head('Module', facts.text(name) || 'Repeated layers'),
			el('div', { class: 'paths' }, el('button', { text: 'Open', title: 'Show its nodes (double-click)',
				click: () => picked.open(picked.items(board.view)[0]) }),
			el('button', { text: 'Show', click: () => panel.center() })),
			panel.facts([
				['Nodes', facts.count(nodes.length)],
				['Repeats', repeats > 1 ? `${repeats} times the same` : ''],
				['Part', parts > 1 ? `${part + 1} of ${parts}` : ''],
				['Parameters', facts.count(params)],
				['MACs', facts.amount(macs)],
			]),
			panel.section('Nodes', panel.some(nodes, panel.nodeButton)),
		].filter(Boolean);
	},

	gone(id) {
		const [kind, name, op, domain, attrs, inputs, outputs] = D.gone[id];
		const fate = (D.diff?.only_a || []).find(row => row.name === facts.text(name) && row.op === facts.text(op));
		const list = (title, names) => panel.section(title, names.map(n => el('p', { text: facts.text(n) || 'left out' })));
		return [
			panel.head(facts.text(op) || (kind === KIND.INPUT ? 'Input' : 'Output'), facts.text(name) || 'without a name',
				page.look.theme.paints.find(p => p[0] === 'removed'), 'Only in the first model'),
			el('div', { class: 'paths' }, el('button', { text: 'Show', click: () => panel.center() })),
			panel.facts([['Fate', fate?.fate || ''], ['Domain', facts.text(domain)]]),
			panel.attributes(attrs),
			list('Inputs', inputs),
			list('Outputs', outputs),
		].filter(Boolean);
	},

	model() {
		const m = D.model, f = summary.facts();
		return [
			panel.head('Model', D.title),
			panel.facts(f.rows),
			D.findings?.length ? panel.section('Findings', panel.some(D.findings, summary.finding)) : null,
			panel.values('Inputs', D.graphs[0].inputs.filter(v => v >= 0 && D.values.init[v] < 0)),
			panel.values('Outputs', D.graphs[0].outputs),
			panel.values('Inputs with stored defaults', D.graphs[0].inputs.filter(v => v >= 0 && D.values.init[v] >= 0)),
			D.graphs.length > 1 ? panel.section('Graphs and functions', panel.some(
				D.graphs.keys(), g => el('p', {}, panel.graphButton(g)))) : null,
			m.doc ? panel.section('Documentation', el('p', { class: 'doc', text: facts.text(m.doc) })) : null,
			panel.pairs('Metadata', m.meta),
		].filter(Boolean);
	},
};
