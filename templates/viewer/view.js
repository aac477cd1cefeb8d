/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.js - one picture of the model, ready to be drawn and asked: where everything is, what lies
 * in a region, what is at a point.
 *
 * Items, ways and tags are sorted into bands across the longer side of the picture, so that a
 * region costs what is in it and not what the model holds.
 */

const KIND = { NODE: 0, INPUT: 1, OUTPUT: 2, MORE: 3, MODULE: 4, CAPTURE: 5, GONE: 6 };
const FLAG = { DASHED: 1, QUANTIZED: 2, PILL: 4, STUB: 8 };
const WAY = { REFERENCE: 1, REVERSED: 2, GONE: 4 };

class View {
	constructor(json, index) {
		this.json = json;
		this.index = index;
		this.name = json.name;
		this.isPart = json.kind === 'part'; /* the opening: what is seen at once, and nothing else */
		this.width = Math.max(1, json.width);
		this.height = Math.max(1, json.height);
		this.right = !!json.right;
		this.home = json.home; /* where a reader begins: x, y; what should be seen: x, y, width, height */
		this.n = json.items.kind.length;
		this.kind = json.items.kind;
		this.ref = json.items.ref;
		this.label = json.items.label;
		this.paint = json.items.paint;
		this.flags = json.items.flags;
		this.frames = json.frames || [];
		this.tags = json.tags || [];
		this.legend = json.legend || [];
		this.groups = json.groups || [];
		this.holds = new Uint8Array(this.n); /* frames of bodies are in it */
		for (const f of this.frames)
			if (f[6] >= 0)
				this.holds[f[6]] = 1;
		this.placeItems(json.items);
		this.placeWays(json.ways);
		this.findNodes();
		this.makeBands();
	}

	placeItems(items) {
		this.x = Int32Array.from(items.x);
		this.y = Int32Array.from(items.y);
		this.w = new Int32Array(this.n);
		this.h = new Int32Array(this.n);
		for (let i = 0; i < this.n; i++) {
			const label = D.labels[items.label[i]];
			this.w[i] = items.w[i] || label[1];
			this.h[i] = items.h[i] || label[2];
		}
	}

	/* All points in one array; a way that goes on from a trunk begins where it leaves it. */
	placeWays(ways) {
		const n = ways.from.length;
		let total = 0;
		for (const d of ways.d)
			total += d.length;
		this.nWays = n;
		this.from = ways.from;
		this.to = ways.to;
		this.value = ways.value;
		this.stroke = ways.stroke;
		this.wayFlags = ways.flags;
		this.shared = ways.shared;
		this.points = new Int32Array(total);
		this.first = new Uint32Array(n + 1);
		this.box = new Int32Array(4 * n); /* left, top, right, bottom of each way */
		for (let i = 0, at = 0; i < n; i++) {
			const d = ways.d[i];
			let x = this.x[ways.from[i]], y = this.y[ways.from[i]];
			let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
			for (let k = 0; k < d.length; k += 2) {
				this.points[at++] = x += d[k];
				this.points[at++] = y += d[k + 1];
				left = Math.min(left, x);
				right = Math.max(right, x);
				top = Math.min(top, y);
				bottom = Math.max(bottom, y);
			}
			this.first[i + 1] = at;
			this.box.set([left, top, right, bottom], 4 * i);
		}
	}

	/* Which item shows a node: its own box, the box of its group, or the box that reads it. */
	findNodes() {
		this.itemOfNode = new Int32Array(this.isPart ? 0 : D.nodes.name.length).fill(-1);
		this.itemOfValue = new Map();
		for (let i = 0; i < this.n; i++) {
			if (this.kind[i] === KIND.NODE)
				this.itemOfNode[this.ref[i]] = i;
			else if (this.kind[i] === KIND.MODULE)
				for (const node of this.groups[this.ref[i]].at(-1))
					this.itemOfNode[node] = i;
			else if (this.kind[i] === KIND.INPUT || this.kind[i] === KIND.OUTPUT)
				this.itemOfValue.set(this.ref[i], i);
		}
	}

	/** The item that shows a node, or shows what reads it; -1: none. */
	itemNear(node) {
		for (let step = 0; step < 64; step++) {
			if (this.itemOfNode[node] >= 0)
				return this.itemOfNode[node];
			const next = facts.neighbours(node, 1)[0];
			if (next === undefined)
				break;
			node = next;
		}
		const holder = D.graphs[D.nodes.graph[node]].node;
		return holder >= 0 ? this.itemOfNode[holder] : -1;
	}

	/** The node an item is, and -1 for everything else. */
	nodeOf(item) {
		return item >= 0 && this.kind[item] === KIND.NODE ? this.ref[item] : -1;
	}

	/** Nodes of an item: one, or those in its module. */
	nodesOf(item) {
		return this.kind[item] === KIND.NODE ? [this.ref[item]]
			: this.kind[item] === KIND.MODULE ? this.groups[this.ref[item]].at(-1) : [];
	}

	waysOf(item) {
		this.waysByItem ||= data.lists(this.n, add => {
			for (let i = 0; i < this.nWays; i++) {
				add(this.from[i], i);
				if (this.to[i] !== this.from[i])
					add(this.to[i], i);
			}
		});
		return this.waysByItem.of(item);
	}

	/* --------------------------------------------------------------------------- bands -- */

	makeBands() {
		const across = this.width > this.height, { x, y, w, h, box, tags } = this;
		const size = Math.max(512, Math.ceil((across ? this.width : this.height) / 4096));
		const n = Math.ceil((across ? this.width : this.height) / size) + 1;
		const start = across ? x : y, extent = across ? w : h, side = across ? 0 : 1;
		this.seen = {
			items: new Uint32Array(this.n), ways: new Uint32Array(this.nWays),
			tags: new Uint32Array(this.tags.length), turn: 0,
		};
		if (this.isPart) { /* that little is looked through */
			const all = length => ({ first: [0, length], list: Uint32Array.from({ length }, (_, i) => i) });
			this.band = { across, band: () => 0, items: all(this.n), ways: all(this.nWays), tags: all(tags.length) };
			return;
		}
		this.band = {
			across, band: v => Math.max(0, Math.min(n - 1, Math.floor(v / size))),
			items: View.bands(this.n, n, size, i => start[i], i => start[i] + extent[i]),
			ways: View.bands(this.nWays, n, size, i => box[4 * i + side], i => box[4 * i + side + 2],
				i => this.wayFlags[i] & WAY.REFERENCE),
			tags: View.bands(tags.length, n, size, i => tags[i][1 + side], i => tags[i][1 + side]),
		};
	}

	/* Lists by band of what reaches from low(i) to high(i); where isEnds(i), of its ends alone. */
	static bands(count, n, size, low, high, isEnds = () => false) {
		const from = new Uint16Array(count), to = new Uint16Array(count), step = new Uint16Array(count);
		const first = new Uint32Array(n + 1);
		for (let i = 0; i < count; i++) {
			from[i] = Math.max(0, Math.min(n - 1, low(i) / size));
			to[i] = Math.max(0, Math.min(n - 1, high(i) / size));
			step[i] = isEnds(i) ? Math.max(1, to[i] - from[i]) : 1;
			for (let b = from[i]; b <= to[i]; b += step[i])
				first[b + 1]++;
		}
		for (let b = 0; b < n; b++)
			first[b + 1] += first[b];
		const list = new Uint32Array(first[n]), at = first.slice();
		for (let i = 0; i < count; i++)
			for (let b = from[i]; b <= to[i]; b += step[i])
				list[at[b]++] = i;
		return { first, list };
	}

	/** Calls visit(i) once for each of "items", "ways" or "tags" whose bands touch the region. */
	within(what, region, visit) {
		const { band, across } = this.band, lists = this.band[what], seen = this.seen[what];
		const turn = ++this.seen.turn;
		const last = band(across ? region.right : region.bottom);
		for (let b = band(across ? region.left : region.top); b <= last; b++)
			for (let k = lists.first[b]; k < lists.first[b + 1]; k++) {
				const i = lists.list[k];
				if (seen[i] !== turn) {
					seen[i] = turn;
					visit(i);
				}
			}
	}

	touches(i, r) {
		return this.x[i] <= r.right && this.x[i] + this.w[i] >= r.left &&
			this.y[i] <= r.bottom && this.y[i] + this.h[i] >= r.top;
	}

	wayTouches(i, r) {
		const b = this.box, k = 4 * i;
		return b[k] <= r.right && b[k + 2] >= r.left && b[k + 1] <= r.bottom && b[k + 3] >= r.top;
	}

	/* ----------------------------------------------------------------------- questions -- */

	/** The innermost item at a point; -1: none. */
	itemAt(x, y) {
		const point = { left: x, right: x, top: y, bottom: y };
		let best = -1;
		this.within('items', point, i => {
			if (this.touches(i, point) &&
				(best < 0 || this.w[i] * this.h[i] < this.w[best] * this.h[best]))
				best = i;
		});
		return best;
	}

	/** The innermost frame at a point; -1: none. */
	frameAt(x, y) {
		let best = -1;
		this.frames.forEach((f, i) => {
			if (x >= f[2] && x <= f[2] + f[4] && y >= f[3] && y <= f[3] + f[5])
				best = i;
		});
		return best;
	}

	/** The nearest way that is no farther than `most`; -1: none. */
	wayAt(x, y, most) {
		const region = { left: x - most, right: x + most, top: y - most, bottom: y + most };
		let best = -1, least = most * most;
		this.within('ways', region, i => {
			if (this.wayFlags[i] & WAY.REFERENCE)
				return;
			for (let k = this.first[i]; k + 3 < this.first[i + 1]; k += 2) {
				const far = View.distance(this.points, k, x, y);
				if (far < least) {
					least = far;
					best = i;
				}
			}
		});
		return best;
	}

	/* Squared distance of a point from the part of a way that begins at k. */
	static distance(p, k, x, y) {
		const dx = p[k + 2] - p[k], dy = p[k + 3] - p[k + 1], long = dx * dx + dy * dy;
		const t = long ? Math.max(0, Math.min(1, ((x - p[k]) * dx + (y - p[k + 1]) * dy) / long)) : 0;
		const ex = p[k] + t * dx - x, ey = p[k + 1] + t * dy - y;
		return ex * ex + ey * ey;
	}
}
