/* SPDX-License-Identifier: Apache-2.0 */
/*
 * picked.js - what is selected: a node, a value, a graph, a module, or nothing. Follows producers
 * and consumers, lights up what a node depends on, and keeps the address of the page in step.
 *
 * A selection is { kind, id }: "node", "value" and "graph" by number; "module" by group of the
 * view; "gone" by row of the nodes that only the first of two models has.
 */

const picked = {
	what: null,
	from: null, /* where the last arrow came from: { list, at }, so that left and right go through it */
	lit: 0,     /* -1: what it depends on, 1: what depends on it, 2: both */

	/* ------------------------------------------------------------------------- selecting -- */

	/** Selects; `how`: { reveal, center, quiet: no entry in the history, focus: the panel }. */
	set(what, how = {}) {
		const same = JSON.stringify(what) === JSON.stringify(picked.what);
		picked.what = what;
		if (!same) {
			picked.from = null;
			if (picked.lit)
				picked.light(0);
		}
		if (what && how.reveal !== false) {
			const item = picked.items(board.view)[0];
			if (item !== undefined && item >= 0)
				board.reveal(item, how.center);
		}
		panel.show(what);
		if (what && how.sheet !== false)
			panel.raise(true);
		if (!same && !how.quiet)
			address.push();
		if (what && !same)
			page.say(picked.name(what));
		board.later();
	},

	node(id, how) {
		picked.set({ kind: 'node', id }, how);
	},

	value(id, how) {
		picked.set({ kind: 'value', id }, how);
	},

	clear() {
		picked.set(null);
	},

	/** What was clicked. */
	at({ item, way, frame }) {
		const v = board.view;
		board.canvas.focus({ preventScroll: true });
		if (way >= 0 && v.value[way] >= 0 && !(v.wayFlags[way] & WAY.GONE))
			picked.value(v.value[way], { reveal: false });
		else if (item >= 0 && !(v.holds[item] && frame >= 0 && v.frames[frame][6] === item))
			picked.set(picked.whatIs(v, item), { reveal: false });
		else if (frame >= 0)
			picked.set({ kind: 'graph', id: v.frames[frame][0] }, { reveal: false });
		else
			picked.clear();
	},

	whatIs(view, item) {
		const kinds = { [KIND.NODE]: 'node', [KIND.MODULE]: 'module', [KIND.GONE]: 'gone' };
		const id = view.ref[item];
		return id < 0 ? null : { kind: kinds[view.kind[item]] || 'value', id };
	},

	/** Where a selection is drawn; the first item is the main one. */
	items(view, what = picked.what) {
		if (!what)
			return [];
		const near = node => [view.itemNear(node)].filter(i => i >= 0);
		if (what.kind === 'node')
			return near(what.id);
		if (what.kind === 'value') {
			const own = view.itemOfValue.get(what.id), maker = facts.maker(what.id);
			return [own, ...(maker >= 0 ? near(maker) : []),
				...[...facts.readers(what.id)].slice(0, 200).flatMap(near)]
				.filter((i, k, all) => i !== undefined && all.indexOf(i) === k);
		}
		if (what.kind === 'graph')
			return D.graphs[what.id].node >= 0 ? near(D.graphs[what.id].node) : [];
		if (what.kind === 'gone' && !D.gone)
			return [];
		const kind = what.kind === 'module' ? KIND.MODULE : KIND.GONE;
		const item = view.ref.findIndex((ref, i) => ref === what.id && view.kind[i] === kind);
		return item >= 0 ? [item] : [];
	},

	ways(view) {
		const { what } = picked, out = [];
		if (!what || what.kind === 'graph')
			return out;
		for (const item of picked.items(view).slice(0, what.kind === 'value' ? 1 : undefined))
			for (const way of view.waysOf(item))
				if (what.kind !== 'value' || view.value[way] === what.id)
					out.push(way);
		return out;
	},

	name(what) {
		if (what.kind === 'node')
			return `${facts.opName(what.id)} ${facts.nodeName(what.id)}`;
		if (what.kind === 'value')
			return `value ${facts.valueName(what.id)}, ${facts.typed(what.id)}`;
		if (what.kind === 'graph')
			return facts.graphName(what.id);
		return what.kind === 'module' ? facts.text(board.view.groups[what.id]?.[0])
			: `${facts.text(D.gone[what.id][2])} ${facts.text(D.gone[what.id][1])}, only in the first model`;
	},

	/** What the mouse is told of an item. */
	tip(view, item) {
		const what = picked.whatIs(view, item);
		if (!what)
			return draw.title(view.label[item]);
		if (what.kind !== 'node')
			return picked.name(what);
		const made = D.nodes.out[what.id].filter(v => v >= 0).slice(0, 4).map(facts.typed);
		return [facts.opName(what.id), facts.nodeName(what.id), ...made].filter(Boolean).join('\n');
	},

	/* --------------------------------------------------------------------------- views -- */

	/** From a module to its nodes, and from a node to the module that folds it. */
	open(item) {
		if (item < 0)
			return;
		const v = board.view;
		if (v.kind[item] === KIND.MODULE) {
			const node = v.groups[v.ref[item]].at(-1)[0];
			views.show(0, { camera: false });
			picked.node(node, { center: true });
		} else if (v.kind[item] === KIND.NODE) {
			const called = facts.op(v.ref[item]).graph;
			const other = views.all.findIndex((w, i) => i !== v.index && views.get(i).itemOfNode[v.ref[item]] >= 0 &&
				views.get(i).kind[views.get(i).itemOfNode[v.ref[item]]] === KIND.MODULE);
			if (v.index === 0 && other > 0) {
				const at = views.get(other).itemOfNode[v.ref[item]];
				views.show(other, { camera: false });
				picked.set({ kind: 'module', id: board.view.ref[at] }, { center: true });
			} else if (called >= 0) {
				picked.graph(called);
			}
		}
	},

	/** Goes to the frame of a graph. */
	graph(id) {
		const f = board.view.frames.find(frame => frame[0] === id);
		picked.set({ kind: 'graph', id }, { reveal: false });
		if (f)
			board.look(f[2] + f[4] / 2, f[3] + Math.min(f[5], board.high / 2) / 2, Math.max(board.camera.scale, NEAR));
		else
			board.home();
	},

	/* ----------------------------------------------------------------------- following -- */

	/** Goes against (-1) or along (1) the data, or (side) to the next of those last chosen from. */
	step(direction, side) {
		const { what } = picked;
		if (!what) {
			picked.first();
		} else if (side) {
			picked.sideways(side);
		} else if (what.kind === 'value') {
			const to = direction < 0 ? facts.maker(what.id) : facts.readers(what.id)[0];
			if (to !== undefined && to >= 0)
				picked.node(to);
		} else if (what.kind === 'node') {
			picked.along(what.id, direction);
		} else if (what.kind === 'module') {
			picked.alongModule(what.id, direction);
		}
	},

	first() {
		const region = board.region(), v = board.view;
		let best = -1;
		v.within('items', region, i => {
			if (v.kind[i] === KIND.NODE && v.touches(i, region) && (best < 0 || v.y[i] < v.y[best]))
				best = i;
		});
		if (best >= 0)
			picked.node(v.ref[best]);
	},

	along(node, direction) {
		const list = facts.neighbours(node, direction);
		if (!list.length) {
			const values = direction < 0 ? D.nodes.in[node] : D.nodes.out[node];
			const end = values.find(v => v >= 0 && board.view.itemOfValue.has(v));
			if (end !== undefined)
				picked.value(end);
			return;
		}
		picked.node(list[0]);
		picked.from = { list, at: 0 };
	},

	sideways(side) {
		const { from, what } = picked;
		if (from && from.list.length > 1) {
			const at = (from.at + side + from.list.length) % from.list.length;
			picked.node(from.list[at]);
			picked.from = { list: from.list, at };
			return;
		}
		/* No choice was made: what else is at this height. */
		const v = board.view, own = picked.items(v)[0];
		if (own === undefined || what.kind !== 'node')
			return;
		let best = -1, least = Infinity;
		const [at, size] = v.right ? [v.x, v.w] : [v.y, v.h], cross = v.right ? v.y : v.x;
		const region = { left: v.right ? v.x[own] : 0, right: v.right ? v.x[own] + v.w[own] : v.width,
			top: v.right ? 0 : v.y[own], bottom: v.right ? v.height : v.y[own] + v.h[own] };
		v.within('items', region, i => {
			const far = (cross[i] - cross[own]) * side;
			if (v.kind[i] === KIND.NODE && far > 0 && far < least && at[i] <= at[own] + size[own] &&
				at[i] + size[i] >= at[own] && !v.holds[i]) {
				best = i;
				least = far;
			}
		});
		if (best >= 0)
			picked.node(v.ref[best]);
	},

	alongModule(group, direction) {
		const v = board.view, item = picked.items(v)[0];
		for (const way of v.waysOf(item)) {
			const other = direction < 0 ? v.from[way] : v.to[way];
			if (other !== item && v.ref[other] >= 0) {
				picked.set(picked.whatIs(v, other));
				return;
			}
		}
	},

	/* --------------------------------------------------------------------------- paths -- */

	/** Lights what the selection depends on (-1), what depends on it (1), both (2), or all (0). */
	light(direction) {
		const v = board.view, nodes = picked.items(v).slice(0, 1).flatMap(i => [...v.nodesOf(i)]);
		picked.lit = nodes.length ? direction : 0;
		if (!picked.lit) {
			page.mark({ bright: null });
			panel.showLit();
			return;
		}
		const seen = direction === 2 ? [-1, 1] : [direction], bright = new Uint8Array(v.n);
		const reached = seen.map(d => {
			const all = new Uint8Array(D.nodes.name.length);
			nodes.forEach(node => facts.cone(node, d, all));
			return all;
		});
		let count = 0;
		for (let node = 0; node < v.itemOfNode.length; node++)
			if (reached.some(r => r[node])) {
				count++;
				if (v.itemOfNode[node] >= 0)
					bright[v.itemOfNode[node]] = 1;
			}
		picked.lightEnds(v, bright, direction);
		page.mark({ bright });
		panel.showLit();
		page.say(`${facts.count(count - nodes.length)} nodes ${direction < 0 ? 'before' : direction > 0 &&
			direction < 2 ? 'after' : 'before and after'}`);
	},

	/* Inputs, outputs and what holds bodies belong to a path when what they touch does. */
	lightEnds(v, bright, direction) {
		for (let way = 0; way < v.nWays; way++) {
			if (direction !== 1 && bright[v.to[way]] && v.kind[v.from[way]] !== KIND.NODE)
				bright[v.from[way]] = 1;
			if (direction !== -1 && bright[v.from[way]] && v.kind[v.to[way]] === KIND.OUTPUT)
				bright[v.to[way]] = 1;
		}
		for (const f of [...v.frames].reverse())
			if (f[6] >= 0 && !bright[f[6]])
				for (let i = 0; i < v.n && !bright[f[6]]; i++)
					if (bright[i] && v.json.items.graph[i] === f[0])
						bright[f[6]] = 1;
	},

	/* ------------------------------------------------------------------------- drawing -- */

	/** The ring around what is selected, its wires, and what the mouse is above. */
	draw(ctx) {
		const { view } = board, scale = board.camera.scale, accent = board.tiles.look.accent;
		const items = picked.items(view), ways = picked.ways(view);
		if (ways.length && ways.length < 4000) {
			if (scale >= MIDDLE)
				wires.stroke(ctx, view, ways, board.region(), accent, Math.max(1.6, 1.2 / scale));
			else
				wires.thick(ctx, view, ways, accent, 1.4 / scale);
		}
		items.forEach((item, k) => picked.ring(ctx, item, k ? 1.5 : 2.5, accent, scale));
		if (board.hover >= 0 && !items.includes(board.hover))
			picked.ring(ctx, board.hover, 1, accent, scale);
	},

	ring(ctx, item, width, color, scale) {
		const v = board.view, out = Math.max(2, 2 / scale), round = v.flags[item] & FLAG.PILL
			? Math.min(v.w[item], v.h[item]) / 2 : D.sizes.radius;
		ctx.beginPath();
		ctx.roundRect(v.x[item] - out, v.y[item] - out, v.w[item] + 2 * out, v.h[item] + 2 * out, round + out);
		ctx.strokeStyle = color;
		ctx.lineWidth = Math.max(width, width * 0.8 / scale);
		ctx.stroke();
	},
};

/* ----------------------------------------------------------------- the address of the page -- */

/** #n=NAME is a node by name, #i=17 one without or with a name that others have, #v=NAME a value. */
const address = {
	busy: false,

	begin() {
		window.addEventListener('popstate', () => address.follow());
		window.addEventListener('hashchange', () => address.follow());
	},

	byName() {
		if (!address.names) {
			address.names = new Map();
			D.nodes.name.forEach((name, node) => {
				if (name)
					address.names.set(facts.text(name), address.names.has(facts.text(name)) ? -1 : node);
			});
		}
		return address.names;
	},

	text() {
		const { what } = picked, parts = [];
		if (what?.kind === 'node') {
			const name = facts.text(D.nodes.name[what.id]);
			parts.push(address.byName().get(name) === what.id ? `n=${encodeURIComponent(name)}` : `i=${what.id}`);
		} else if (what && what.kind !== 'gone') {
			parts.push(`${what.kind}=${what.id}`);
		}
		if (board.view.index !== (D.start || 0))
			parts.push(`view=${board.view.index}`);
		if (summary.isOpen)
			parts.push('summary');
		return `#${parts.join('&')}`;
	},

	push(replace) {
		const text = address.text();
		if (address.busy || text === (location.hash || '#'))
			return;
		try {
			history[replace ? 'replaceState' : 'pushState'](null, '', text);
		} catch {
			/* a page inside of another may have no history */
		}
	},

	/** Goes where the address says. @return whether it says anything. */
	follow() {
		const parts = new URLSearchParams(location.hash.slice(1));
		const number = (key, n) => {
			const i = Number(parts.get(key));
			return parts.has(key) && Number.isInteger(i) && i >= 0 && i < n ? i : -1;
		};
		address.busy = true;
		const view = number('view', D.views.length);
		views.show(view >= 0 ? view : D.start || 0);
		let node = parts.has('n') ? address.byName().get(parts.get('n')) ?? -1 : -1;
		if (node < 0)
			node = number('i', D.nodes.name.length);
		const value = number('value', D.values.name.length), graph = number('graph', D.graphs.length);
		const module = number('module', board.view.groups.length);
		if (node >= 0)
			picked.node(node, { quiet: true });
		else if (value >= 0)
			picked.value(value, { quiet: true });
		else if (graph >= 0)
			picked.graph(graph);
		else if (module >= 0)
			picked.set({ kind: 'module', id: module }, { quiet: true });
		else
			picked.set(null, { quiet: true });
		summary.open(parts.has('summary'));
		address.busy = false;
		return node >= 0 || value >= 0 || graph >= 0 || module >= 0;
	},
};
