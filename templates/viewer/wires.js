/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wires.js - draws ways: lines with rounded corners, curves where they slant, arrow heads.
 *
 * Of a way only the parts in a region are drawn, and of a long curve that piece: what a way costs
 * is what is seen of it, though thousands may pass by that are as long as the picture.
 */

/** Straight before an arrow, its head, in pixels of the picture. */
const STRAIGHT = 7, HEAD_LONG = 6, HEAD_HALF = 3;

const wires = {
	/**
	 * Traces a way into anything that has moveTo, lineTo and bezierCurveTo. A slanted part is one
	 * cubic with upright ends, corners are rounded. With a region, parts outside are left out; it is
	 * what around() makes of the one that is seen.
	 * @return the direction it arrives in, [dx, dy]; null: it has no points.
	 */
	trace(view, way, into, region = null) {
		const p = view.points, first = view.first[way], end = view.first[way + 1];
		const right = view.right, s = D.sizes;
		if (end - first < 4)
			return null;
		if (view.wayFlags[way] & WAY.REFERENCE) {
			const hx = p[end - 2], hy = p[end - 1];
			if (!view.shared[way]) {
				into.moveTo(p[first], p[first + 1]);
				into.lineTo(p[first] + (right ? s.end_out : 0), p[first + 1] + (right ? 0 : s.end_out));
			}
			into.moveTo(hx - (right ? s.end_in : 0), hy - (right ? 0 : s.end_in));
			into.lineTo(hx, hy);
			return right ? [1, 0] : [0, 1];
		}
		let ax = p[first], ay = p[first + 1], arrives = right ? [1, 0] : [0, 1], up = true;
		for (let k = first + 2; k < end; k += 2) {
			const bx = p[k], by = p[k + 1], last = k + 2 >= end;
			const slanted = ax !== bx && ay !== by;
			if (last && !slanted)
				arrives = [bx - ax, by - ay];
			if (region && !wires.touches(region, ax, ay, bx, by)) {
				up = true;
			} else {
				if (up)
					into.moveTo(ax, ay);
				up = false;
				if (slanted) {
					let ex = bx, ey = by;
					if (last && (right ? bx - ax : by - ay) > 2 * STRAIGHT)
						right ? ex -= STRAIGHT : ey -= STRAIGHT;
					up = !wires.slant(into, right, ax, ay, ex, ey, region);
					if (!up)
						into.lineTo(bx, by);
				} else if (last) {
					into.lineTo(bx, by);
				} else {
					wires.corner(into, ax, ay, bx, by, p[k + 2], p[k + 3]);
				}
			}
			ax = bx;
			ay = by;
		}
		return arrives;
	},

	/* The box of two points and a region have something in common. */
	touches(r, ax, ay, bx, by) {
		return (ax < bx ? ax <= r.right && bx >= r.left : bx <= r.right && ax >= r.left) &&
			(ay < by ? ay <= r.bottom && by >= r.top : by <= r.bottom && ay >= r.top);
	},

	/* A cubic with upright ends; of one that is long against the region the piece in it.
	 * @return whether its end was drawn. */
	slant(into, right, ax, ay, bx, by, region) {
		const x = ax + Math.trunc((bx - ax) / 2), y = ay + Math.trunc((by - ay) / 2);
		if (region && Math.abs(right ? by - ay : bx - ax) > 4 * (right ? region.bottom - region.top
			: region.right - region.left))
			return right ? wires.piece(into, true, ay, by, ax, x, bx, region.top, region.bottom, region)
				: wires.piece(into, false, ax, bx, ay, y, by, region.left, region.right, region);
		if (right)
			into.bezierCurveTo(x, ay, x, by, bx, by);
		else
			into.bezierCurveTo(ax, y, bx, y, bx, by);
		return true;
	},

	/*
	 * A slanted curve from low to high alone. Its control points are a, a, b, b along the layers and
	 * c, m, m, d across them; those of the piece are its polar form. Hundreds may pass that way: where
	 * one did, to a third of a pixel, no other one is drawn, and level ones wait in rows, each half a
	 * pixel high.
	 */
	piece(into, right, a, b, c, m, d, low, high, region) {
		const t = wires.when(a, b, b > a ? low : high), u = wires.when(a, b, b > a ? high : low);
		const across = (t, u, v) => m + (c - m) * (1 - t) * (1 - u) * (1 - v) + (d - m) * t * u * v;
		const p0 = across(t, t, t), p3 = across(u, u, u), { scale, drawn, rows } = region;
		const level = t > 0 && u < 1 && Math.abs(p3 - p0) * scale < 0.5, row = Math.round((p0 + p3) * scale);
		const ends = b > a ? [p0, p3] : [p3, p0];
		if (level && rows.has(row)) {
			wires.widen(rows.get(row), ...ends);
			return false;
		}
		if (!level && u < 1) { /* else it arrives here, and is drawn */
			const start = right ? region.left : region.top, step = x => Math.round((x - start) * scale * 3);
			const key = (step(p0) * 65536 + step(p3)) * 65536 + step(across(t, (t + u) / 2, u));
			const known = t > 0 ? key : `${a},${key}`;
			if (drawn.has(known))
				return false;
			drawn.add(known);
		}
		const along = (t, u, v) => a + (b - a) * (t * u + u * v + v * t - 2 * t * u * v);
		const p1 = across(t, t, u), p2 = across(t, u, u);
		const q0 = along(t, t, t), q1 = along(t, t, u), q2 = along(t, u, u), q3 = along(u, u, u);
		const curve = right ? [p0, q0, p1, q1, p2, q2, p3, q3] : [q0, p0, q1, p1, q2, p2, q3, p3];
		if (level)
			rows.set(row, { curve, top: ends, bottom: ends });
		else
			wires.curve(into, curve);
		return u === 1;
	},

	curve(into, [x, y, ...more]) {
		into.moveTo(x, y);
		into.bezierCurveTo(...more);
	},

	/* A row, or a band of rows, is as wide as what lies in it is at either end. */
	widen(row, low, high) {
		row.top = [Math.min(row.top[0], low), Math.min(row.top[1], high)];
		row.bottom = [Math.max(row.bottom[0], low), Math.max(row.bottom[1], high)];
	},

	/* Draws the rows, those that leave no blank between them as a band. */
	level(lines, bands, right, region, width) {
		const { rows } = region, numbers = [...rows.keys()].sort((a, b) => a - b);
		for (let i = 0, end; i < numbers.length; i = end) {
			for (end = i + 1; end < numbers.length && numbers[end] <= numbers[end - 1] + 3;)
				end++;
			const some = numbers.slice(i, end).map(number => rows.get(number)), band = some[0];
			if (some.length < 3) {
				some.forEach(row => wires.curve(lines, row.curve));
				continue;
			}
			for (const row of some) {
				wires.widen(band, ...row.top);
				wires.widen(band, ...row.bottom);
			}
			const [[a, b], [c, d]] = [band.top, band.bottom], half = width / 2;
			const corners = [[0, a - half], [1, b - half], [1, d + half], [0, c + half]];
			corners.forEach(([at, across], k) => {
				const [x, y] = right ? [across, at ? region.bottom : region.top] : [at ? region.right : region.left, across];
				k ? bands.lineTo(x, y) : bands.moveTo(x, y);
			});
			bands.closePath();
		}
	},

	/* Where a curve with upright ends, from a to b, is at x: 3t^2 - 2t^3 of the way. */
	when(a, b, x) {
		const part = (x - a) / (b - a);
		return part <= 0 ? 0 : part >= 1 ? 1 : 0.5 - Math.sin(Math.asin(1 - 2 * part) / 3);
	},

	/* The line to b, and around it when the next part is straight and turns. */
	corner(into, ax, ay, bx, by, cx, cy) {
		const turns = (ax === bx && by === cy && ay !== by && bx !== cx) ||
			(ay === by && bx === cx && ax !== bx && by !== cy);
		const long = (x, y, u, v) => Math.max(Math.abs(u - x), Math.abs(v - y));
		const r = turns ? Math.min(D.sizes.round, Math.floor(long(ax, ay, bx, by) / 2),
			Math.floor(long(bx, by, cx, cy) / 2)) : 0;
		if (!r) {
			into.lineTo(bx, by);
			return;
		}
		const ix = Math.sign(ax - bx), iy = Math.sign(ay - by);
		const ox = Math.sign(cx - bx), oy = Math.sign(cy - by), half = Math.floor(r / 2);
		into.lineTo(bx + ix * r, by + iy * r);
		into.bezierCurveTo(bx + ix * half, by + iy * half, bx + ox * half, by + oy * half,
			bx + ox * r, by + oy * r);
	},

	head(into, x, y, dx, dy) {
		const flat = Math.abs(dx) > Math.abs(dy), sign = (flat ? dx : dy) < 0 ? -1 : 1;
		into.moveTo(x, y);
		if (flat) {
			into.lineTo(x - sign * HEAD_LONG, y - HEAD_HALF);
			into.lineTo(x - sign * HEAD_LONG, y + HEAD_HALF);
		} else {
			into.lineTo(x - HEAD_HALF, y - sign * HEAD_LONG);
			into.lineTo(x + HEAD_HALF, y - sign * HEAD_LONG);
		}
		into.closePath();
	},

	/* A region, and around it what reaches into it of lines, heads and corners. */
	around(region) {
		const blank = 8 + D.sizes.round;
		return { left: region.left - blank, right: region.right + blank, top: region.top - blank,
			bottom: region.bottom + blank };
	},

	/** Strokes what a region holds of ways in one colour, with their heads. Dashes count from where a
	 * way begins, so these are traced whole. */
	stroke(ctx, view, list, region, color, width, dash) {
		const lines = new Path2D(), bands = new Path2D(), heads = new Path2D();
		const p = view.points, r = wires.around(region);
		r.scale = ctx.getTransform().a;
		r.drawn = new Set();
		r.rows = new Map();
		for (const i of list) {
			const arrives = wires.trace(view, i, lines, dash ? null : r), end = view.first[i + 1];
			if (arrives && wires.touches(r, p[end - 2], p[end - 1], p[end - 2], p[end - 1]))
				wires.head(heads, p[end - 2], p[end - 1], ...arrives);
		}
		wires.level(lines, bands, view.right, r, width);
		ctx.strokeStyle = ctx.fillStyle = color;
		ctx.lineWidth = width;
		ctx.setLineDash(dash || []);
		ctx.stroke(lines);
		ctx.setLineDash([]);
		ctx.fill(bands);
		ctx.fill(heads);
	},

	/** Draws the ways of a region; wanted(i), if given, chooses among them. */
	region(ctx, view, region, scale, theme, wanted) {
		const by = [[], [], [], []], r = wires.around(region);
		view.within('ways', r, i => {
			if (view.wayTouches(i, r) && (!wanted || wanted(i)))
				by[view.stroke[i]].push(i);
		});
		const dashes = [null, [4, 3], [6, 3], null];
		by.forEach((some, stroke) => {
			const list = Uint32Array.from(some).sort(); /* which of equal ones is drawn is always the same */
			if (list.length && scale >= MIDDLE)
				wires.stroke(ctx, view, list, region, theme.strokes[stroke], 1, dashes[stroke]);
			else if (list.length)
				wires.thin(ctx, view, list, theme.strokes[stroke], scale);
		});
	},

	thin(ctx, view, list, color, scale) {
		const p = view.points, alpha = ctx.globalAlpha, least = 0.7 / scale;
		ctx.beginPath();
		for (const i of list) {
			const k = 4 * i, b = view.box;
			if (view.wayFlags[i] & WAY.REFERENCE || (b[k + 2] - b[k] < least && b[k + 3] - b[k + 1] < least))
				continue;
			ctx.moveTo(p[view.first[i]], p[view.first[i] + 1]);
			for (let at = view.first[i] + 2; at < view.first[i + 1]; at += 2)
				ctx.lineTo(p[at], p[at + 1]);
		}
		ctx.strokeStyle = color;
		ctx.lineWidth = 0.7 / scale;
		ctx.globalAlpha = alpha * 0.55;
		ctx.stroke();
		ctx.globalAlpha = alpha;
	},

	/** Straight from point to point, for few ways that must be seen from far away. */
	thick(ctx, view, list, color, width) {
		const p = view.points;
		ctx.beginPath();
		for (const i of list) {
			ctx.moveTo(p[view.first[i]], p[view.first[i] + 1]);
			for (let at = view.first[i] + 2; at < view.first[i + 1]; at += 2)
				ctx.lineTo(p[at], p[at + 1]);
		}
		ctx.strokeStyle = color;
		ctx.lineWidth = width;
		ctx.stroke();
	},
};
