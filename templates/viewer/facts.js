/* SPDX-License-Identifier: Apache-2.0 */
/*
 * facts.js - what is known of nodes and values, as text for people. What is not known is said so,
 * or left out; it is never a zero.
 */
'use strict';

const facts = {
	text: i => D.strings[i] ?? '',

	/* ------------------------------------------------------------------------- numbers -- */

	count: n => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, '\u202f'),

	/** "1.23 M". Amounts may be formulas with symbols; then they are texts already. */
	short(n, units = ['', ' k', ' M', ' G', ' T', ' P'], base = 1000) {
		if (n === null || n === undefined)
			return 'unknown';
		if (typeof n !== 'number')
			return facts.formula(n, units);
		let i = 0;
		while (n >= base * 0.9995 && i + 1 < units.length) {
			n /= base;
			i++;
		}
		const text = i === 0 || n >= 99.95 ? n.toFixed(0) : n >= 9.995 ? n.toFixed(1) : n.toFixed(2);
		return text + units[i];
	},

	/** "1813565952*batch*sequence^2+8" as "1.81 G \u00b7 batch \u00b7 sequence\u00b2 + 8"; other forms
	 * as they are. */
	formula(text, units) {
		if (!/^[\w.]+(?:\^\d+)?(?:[*+][\w.]+(?:\^\d+)?)*$/.test(text))
			return String(text);
		const raised = '\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079';
		const power = p => p.replace(/\^(\d+)$/, (_, n) => [...n].map(c => raised[c]).join(''));
		return text.split('+').map(product => product.split('*').map(factor => /^\d+$/.test(factor)
			? facts.short(Number(factor), units).replace(' ', '\u202f') : power(factor)).join('\u202f\u00b7\u202f')).join(' + ');
	},

	bytes: n => facts.short(n, [' bytes', ' kB', ' MB', ' GB', ' TB', ' PB']),

	/** In full below a million, since small numbers are compared digit by digit. */
	amount: n => typeof n === 'number' && n < 1e6 ? facts.count(n) : facts.short(n),
	amountBytes: n => n === undefined ? '' : facts.bytes(n),

	/**
	 * A number, or what a formula such as "4*batch*heads+24" makes when its symbols are 1; they are
	 * added to `symbols`. null: unknown, or a formula of another form.
	 */
	number(n, symbols = new Set()) {
		if (typeof n !== 'string')
			return n ?? null;
		if (!/^[\w*+.^]+$/.test(n))
			return null;
		return n.split('+').reduce((sum, product) => sum + product.split('*').reduce((all, factor) => {
			if (!/^\d+$/.test(factor)) {
				symbols.add(factor.replace(/\^.*/, ''));
				return all;
			}
			return all * Number(factor);
		}, 1), 0);
	},

	/** Numbers to be plotted together: { numbers: null where unknown, where: "with batch = 1" }. */
	together(list) {
		const symbols = new Set(), numbers = list.map(n => facts.number(n, symbols));
		const some = [...symbols].slice(0, 4);
		return { numbers, where: some.length ? ` with ${some.join(', ')}${symbols.size > 4 ? ', \u2026' : ''} = 1` : '' };
	},

	/* --------------------------------------------------------------------------- nodes -- */

	op(node) {
		const op = D.ops[D.nodes.op[node]];
		return {
			name: facts.text(op[0]), domain: facts.text(op[1]), overload: facts.text(op[2]),
			since: op[3], category: facts.text(op[4]), graph: op[5],
			inputs: op[6], outputs: op[7], opset: op[8],
		};
	},

	opName: node => facts.text(D.ops[D.nodes.op[node]][0]),

	/** What a node is called; one without a name is called by what it does. */
	nodeName(node) {
		const own = facts.text(D.nodes.name[node]);
		return own || facts.text(D.nodes.label[node]) || `${facts.opName(node)} ${node}`;
	},

	/** Name of the formal input or output `i`; the last one may stand for all further ones. */
	formal(names, i) {
		const last = names.length ? facts.text(names[names.length - 1]) : '';
		if (i < names.length - 1 || (i < names.length && !last.endsWith('\u2026')))
			return facts.text(names[i]);
		return last.endsWith('\u2026') ? `${last.slice(0, -1)} ${i - names.length + 2}` : '';
	},

	/** Attributes: { name, value, type, how }, `how` as in the data: 2 is a default. */
	attributes(list) {
		const row = D.attrs[list] || [], out = [];
		for (let i = 0; i + 3 < row.length; i += 4)
			out.push({
				name: facts.text(row[i]), value: facts.text(row[i + 1]),
				type: facts.text(row[i + 2]), how: row[i + 3],
			});
		return out;
	},

	/* -------------------------------------------------------------------------- values -- */

	valueName: value => facts.text(D.values.name[value]) || `value ${value}`,
	typeName: value => facts.text((D.types[D.values.type[value]] || [0])[0]),
	shape: value => facts.text((D.types[D.values.type[value]] || [0, 0])[1]),

	/** "float32 1\u00d73\u00d7224\u00d7224"; "" where nothing is known. */
	typed(value) {
		const type = facts.typeName(value), shape = facts.shape(value);
		return shape ? `${type}  ${shape}` : type;
	},

	valueBytes: value => (D.types[D.values.type[value]] || [0, 0, null])[2],

	/** Nodes that read a value, each once, in their order. */
	readers(value) {
		facts.all_readers ||= data.lists(D.values.name.length, add => {
			const last = new Int32Array(D.values.name.length).fill(-1);
			D.nodes.in.forEach((list, node) => {
				for (const v of list)
					if (v >= 0 && last[v] !== node) {
						last[v] = node;
						add(v, node);
					}
			});
		});
		return facts.all_readers.of(value);
	},

	maker: value => D.values.from[value],

	/** Nodes before (-1) or after (1) a node, next to it. */
	neighbours(node, direction) {
		const out = [];
		if (direction < 0) {
			for (const v of D.nodes.in[node])
				if (v >= 0 && facts.maker(v) >= 0)
					out.push(facts.maker(v));
		} else {
			for (const v of D.nodes.out[node])
				if (v >= 0)
					out.push(...facts.readers(v));
		}
		return [...new Set(out)];
	},

	/** All nodes before or after a node, itself included: 1 for each of them. */
	cone(node, direction, seen = new Uint8Array(D.nodes.name.length)) {
		const queue = [node];
		seen[node] = 1;
		while (queue.length)
			for (const next of facts.neighbours(queue.pop(), direction))
				if (!seen[next]) {
					seen[next] = 1;
					queue.push(next);
				}
		return seen;
	},

	/** What is quantized at a node ("nodes") or a value ("values"): [role, value, text]. */
	quantized(kind, id) {
		if (!facts.encodings) {
			facts.encodings = { nodes: new Map(), values: new Map() };
			const add = (where, key, row) => {
				if (key < 0)
					return;
				if (!where.has(key))
					where.set(key, new Set());
				where.get(key).add(row);
			};
			for (const row of D.quant || []) {
				add(facts.encodings.values, row[1], row);
				add(facts.encodings.values, row[2], row);
				add(facts.encodings.nodes, row[3], row);
				add(facts.encodings.nodes, row[4], row);
			}
		}
		return [...facts.encodings[kind].get(id) || []].map(row => [row[0], row[1] >= 0 ? row[1] : row[2],
			facts.text(row[5])]);
	},

	/* -------------------------------------------------------------------------- graphs -- */

	graphName(graph) {
		const g = D.graphs[graph];
		return facts.text(g.title) || facts.text(g.name) || (graph ? `graph ${graph}` : 'main graph');
	},

	/** Graphs inside of a node, and of the function that it calls. */
	bodies(node) {
		facts.all_bodies ||= data.lists(D.nodes.name.length, add => {
			D.graphs.forEach((g, i) => {
				if (g.node >= 0)
					add(g.node, i);
			});
		});
		const called = facts.op(node).graph;
		return [...facts.all_bodies.of(node), ...(called >= 0 ? [called] : [])];
	},

	/** What happened to a node, in a difference; "" elsewhere. */
	state(node) {
		const names = ['', 'unchanged', 'changed', 'added', 'helper', 'removed', 'weight kept below 10 dB',
			'weight kept 10 to 20 dB', 'weight kept 20 to 30 dB', 'weight kept 30 to 40 dB',
			'weight kept above 40 dB'];
		return D.states ? names[D.states[node]] || '' : '';
	},

	/** What a difference says of a node of the second model, as rows of facts; null: nothing. */
	change(node) {
		if (!D.diff)
			return null;
		if (!facts.changed) {
			facts.changed = new Map();
			for (const row of D.diff.only_b || [])
				facts.changed.set(row.name, { only: row });
			for (const row of D.diff.layers || [])
				facts.changed.set(row.b, { layer: row });
		}
		const found = facts.changed.get(facts.text(D.nodes.name[node]));
		if (!found)
			return facts.state(node) ? [['State', facts.state(node)]] : null;
		if (found.only)
			return [['Only here', found.only.fate || 'added']];
		const { layer } = found, rows = [['Matched by', layer.matched_by]];
		if (layer.a !== layer.b)
			rows.push(['First model', layer.a || 'without a name']);
		if (layer.op_a !== layer.op_b)
			rows.push(['Operator', `${layer.op_a} \u2192 ${layer.op_b}`]);
		for (const c of layer.changes || [])
			rows.push([c.what || 'Changed', `${c.a ?? ''} \u2192 ${c.b ?? ''}`]);
		for (const w of layer.weights || []) {
			const kept = w.identical ? 'identical' : typeof w.sqnr_db === 'number' ? `${w.sqnr_db.toFixed(1)} dB` : 'differs';
			rows.push([w.role || 'weight', `${w.type_a === w.type_b ? w.type_a : `${w.type_a} \u2192 ${w.type_b}`}, ${kept}`]);
		}
		return rows;
	},
};
