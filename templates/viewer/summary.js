/* SPDX-License-Identifier: Apache-2.0 */
/*
 * summary.js - the model in figures: facts, findings, operators, modules, memory over time, and a
 * table of all nodes that sorts by any column.
 */

const summary = {
	isOpen: false,
	sort: { by: 0, down: false },

	begin() {
		summary.box = document.getElementById('summary');
		page.onTheme = () => {
			if (summary.isOpen)
				summary.draw();
		};
		document.getElementById('as-graph').addEventListener('click', () => {
			summary.open(false);
			address.push();
		});
		document.getElementById('as-summary').addEventListener('click', () => {
			summary.open(true);
			address.push();
		});
	},

	open(is) {
		if (is === summary.isOpen)
			return;
		summary.isOpen = is;
		summary.box.hidden = !is;
		document.body.classList.toggle('in-summary', is);
		document.getElementById('as-graph').setAttribute('aria-pressed', is ? 'false' : 'true');
		document.getElementById('as-summary').setAttribute('aria-pressed', is ? 'true' : 'false');
		if (is) {
			search.open(false);
			summary.draw();
			summary.box.focus({ preventScroll: true });
		} else {
			board.resize();
		}
	},

	/* --------------------------------------------------------------------------- facts -- */

	/** What there is to say of the model in a few lines: { rows }. */
	facts() {
		const m = D.model, s = D.summary || {}, c = s.compute || {}, p = s.parameters || {};
		const producer = [facts.text(m.producer), facts.text(m.producer_version)].filter(Boolean).join(' ');
		const q = s.quantization;
		return { rows: [
			['Difference', D.diff ? D.diff.verdict || D.diff.relation : ''],
			['Producer', producer],
			['Opsets', (m.opsets || []).map(([d, v]) => `${facts.text(d) || 'ai.onnx'} ${v}`).join(', ')],
			['IR version', m.ir],
			['Model version', m.version ?? ''],
			['Domain', facts.text(m.domain)],
			['Nodes', facts.count(D.nodes.name.length)],
			['Parameters', p.total === undefined ? '' : facts.amount(p.total)],
			['Weights', p.bytes ? facts.bytes(p.bytes) : ''],
			['MACs', c.macs ?? c.macs_expression ? facts.amount(c.macs ?? c.macs_expression) : ''],
			['Peak activations', c.peak_activation_bytes ?? c.peak_activation_expression
				? facts.amountBytes(c.peak_activation_bytes ?? c.peak_activation_expression) : ''],
			['Quantization', q && q.scheme && q.scheme !== 'none' ? q.scheme : ''],
			['File', facts.bytes(m.file_bytes)],
			['Truncated', m.truncated ? 'the file ends too early' : ''],
		] };
	},

	finding([severity, rule, where, message]) {
		return el('div', { class: `finding severity-${severity}` },
			el('b', { text: ['Note', 'Warning', 'Error'][severity] || 'Note' }), ' ',
			el('span', { text: message }), where ? el('small', { text: where }) : null,
			rule ? el('small', { text: rule }) : null);
	},

	/* --------------------------------------------------------------------------- cards -- */

	card: (title, ...children) => el('section', { class: 'card' }, el('h2', { text: title }), ...children),

	draw() {
		const top = summary.box.scrollTop;
		summary.box.replaceChildren(el('div', { class: 'cards' },
			summary.card('Model', panel.facts(summary.facts().rows)),
			summary.parameters(),
			summary.operators(),
			summary.modules(),
			summary.memory(),
			D.findings?.length ? summary.card('Findings', ...panel.some(D.findings, summary.finding)) : null),
		summary.table());
		summary.list.set(summary.order.length);
		summary.box.scrollTop = top;
	},

	parameters() {
		const p = D.summary?.parameters;
		if (!p || !p.total)
			return null;
		const rows = Object.entries(p.by_role || {}).filter(([, n]) => n).sort((a, b) => b[1] - a[1]);
		const types = Object.entries(p.by_type || {}).filter(([, n]) => n).sort((a, b) => b[1] - a[1]);
		const row = list => ([name, n]) => ({ name: name.replaceAll('_', ' '), values: [n, list?.[name] || 0],
			texts: [facts.short(n), facts.bytes(list?.[name] || 0)] });
		return summary.card('Parameters',
			plots.bars(rows.map(row(p.by_role_bytes)), ['By role', 'Bytes']),
			plots.bars(types.map(row(p.by_type_bytes)), ['By type', 'Bytes']));
	},

	operators() {
		const list = D.operators || summary.countOperators(), most = 14;
		const paints = new Map(page.look.theme.paints.map(p => [p[0], p[1]]));
		const sorted = [...list].sort((a, b) => b[3] - a[3]), rest = sorted.slice(most);
		const rows = sorted.slice(0, most).map(([op, domain, category, n]) => ({
			name: domain && domain !== 'ai.onnx' ? `${domain}.${op}` : op, values: [n], texts: [facts.count(n)],
			color: paints.get(category), go: () => summary.search(`op:${op}`),
		}));
		if (rest.length)
			rows.push({ name: `${rest.length} others`, values: [rest.reduce((n, r) => n + r[3], 0)],
				texts: [facts.count(rest.reduce((n, r) => n + r[3], 0))] });
		return summary.card('Operators', plots.bars(rows, ['Nodes']));
	},

	countOperators() {
		const by = new Map();
		D.nodes.op.forEach(op => by.set(op, (by.get(op) || 0) + 1));
		return [...by].map(([op, n]) => [facts.text(D.ops[op][0]), facts.text(D.ops[op][1]),
			facts.text(D.ops[op][4]), n, 0, 0]);
	},

	search(query) {
		search.box.value = query;
		search.run(query);
		summary.open(false);
		search.open(true);
		search.box.focus();
	},

	/* Modules of the least depth at which there are a few. */
	modules() {
		const all = D.modules || [];
		const depths = [...new Set(all.map(m => m[1]))].sort((a, b) => a - b);
		const depth = depths.find(d => all.filter(m => m[1] === d).length >= 4) ?? depths.at(-1);
		const some = all.filter(m => m[1] === depth).slice(0, 40);
		if (some.length < 2)
			return null;
		const macs = facts.together(some.map(m => m[5]));
		const rows = some.map((m, i) => ({ name: facts.text(m[0]), values: [m[4], macs.numbers[i]],
			texts: [facts.short(m[4]), facts.short(macs.numbers[i] ?? m[5])],
			go: () => summary.search(`name:${facts.text(m[0])}`) }));
		return summary.card('Modules', plots.bars(rows,
			['Parameters', `MACs${macs.where}`]));
	},

	memory() {
		const main = D.graphs[0], m = { nodes: Array.from({ length: main.nodes }, (_, i) => main.first + i) };
		const { numbers, where } = facts.together(m.nodes.map(n => D.nodes.live[n]));
		const known = numbers.filter(v => v !== null);
		if (known.length < 2)
			return null;
		let peak = 0;
		numbers.forEach((v, i) => { peak = v !== null && v > (numbers[peak] ?? -1) ? i : peak; });
		const missing = numbers.length - known.length;
		const text = `Peak ${facts.bytes(numbers[peak])}${where} at ${facts.nodeName(m.nodes[peak])}` +
			(missing ? `; unknown at ${facts.count(missing)} nodes` : '');
		const card = summary.card('Memory over time', plots.curve(numbers, text,
			i => summary.go(m.nodes[i]),
			i => `${numbers[i] === null ? 'unknown' : facts.bytes(numbers[i]) + where} at ${facts.opName(m.nodes[i])} ` +
				facts.nodeName(m.nodes[i])));
		card.classList.add('wide');
		return card;
	},

	go(node) {
		summary.open(false);
		picked.node(node, { center: true });
		board.canvas.focus({ preventScroll: true });
	},

	/* --------------------------------------------------------------------------- table -- */

	columns: [
		{ name: '#', class: 'num', key: n => n, text: n => String(n) },
		{ name: 'Operator', key: n => facts.opName(n), text: n => facts.opName(n) },
		{ name: 'Name', class: 'long', key: n => facts.nodeName(n), text: n => facts.nodeName(n) },
		{ name: 'Output', key: n => summary.shape(n), text: n => summary.shape(n) },
		{ name: 'Parameters', class: 'num', key: n => D.nodes.params[n], text: n => D.nodes.params[n] === null
			? 'unknown' : D.nodes.params[n] ? facts.short(D.nodes.params[n]) : '' },
		{ name: 'MACs', class: 'num', key: n => facts.number(D.nodes.macs[n]),
			text: n => D.nodes.macs[n] === 0 ? '' : facts.short(D.nodes.macs[n]) },
		{ name: 'Memory', class: 'num', key: n => facts.number(D.nodes.memory[n]),
			text: n => facts.amountBytes(D.nodes.memory[n]) },
		{ name: 'Module', class: 'long', key: n => facts.text(D.nodes.scope[n]), text: n => facts.text(D.nodes.scope[n]) },
	],

	shape(n) {
		const out = D.nodes.out[n].find(v => v >= 0);
		return out === undefined ? '' : facts.shape(out);
	},

	table() {
		const heads = summary.columns.map((c, i) => el('button', { class: c.class || '', role: 'columnheader',
			text: c.name, click: () => summary.sortBy(i) }));
		const body = el('div', { class: 'body' });
		summary.heads = heads;
		summary.order ||= [...D.nodes.name.keys()];
		summary.list = new List(body, {
			row: 28, role: 'grid', label: 'All nodes, sorted',
			make: () => el('div', {}, summary.columns.map(c => el('span', { class: c.class || '', role: 'gridcell' }))),
			fill: (row, i) => summary.columns.forEach((c, k) => {
				const text = c.text(summary.order[i]);
				row.children[k].textContent = text;
				row.children[k].title = text.length > 14 ? text : '';
			}),
			choose: i => summary.go(summary.order[i]),
		});
		summary.markSort();
		return el('section', { class: 'card table' }, el('h2', { text: `${facts.count(D.nodes.name.length)} nodes` }),
			el('div', { class: 'grid' }, el('div', { class: 'heads', role: 'row' }, heads), body));
	},

	sortBy(column) {
		const { sort } = summary, key = summary.columns[column].key;
		sort.down = sort.by === column ? !sort.down : !!summary.columns[column].class?.includes('num') && column > 0;
		sort.by = column;
		const keys = D.nodes.name.map((_, n) => key(n)), sign = sort.down ? -1 : 1;
		const number = keys.every(k => k === null || typeof k === 'number');
		const compare = number ? (a, b) => a - b : (a, b) => a < b ? -1 : a > b ? 1 : 0;
		/* What is unknown or empty comes last, both ways. */
		const none = k => k === null || k === '';
		summary.order = [...keys.keys()].sort((a, b) => none(keys[a]) || none(keys[b])
			? none(keys[a]) - none(keys[b]) || a - b : sign * compare(keys[a], keys[b]) || a - b);
		summary.list.box.scrollTop = 0;
		summary.list.set(summary.order.length);
		summary.markSort();
		page.say(`sorted by ${summary.columns[column].name}, ${sort.down ? 'descending' : 'ascending'}`);
	},

	markSort() {
		summary.heads.forEach((head, i) => {
			head.setAttribute('aria-sort', i !== summary.sort.by ? 'none' : summary.sort.down ? 'descending' : 'ascending');
		});
	},
};
