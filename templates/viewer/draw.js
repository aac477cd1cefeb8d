/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draw.js - draws a region of a view on a canvas, in one of three levels of detail:
 *
 *     far      coloured blocks and thin lines
 *     middle   boxes with heads, curves with arrow heads
 *     near     and all text
 *
 * Colours, sizes and curves are those of the SVG that the program writes. Things of one colour are
 * one path. The canvas is set up by the caller: units are pixels of the picture.
 */

/** Scales at which the next level begins. */
const NEAR = 0.4, MIDDLE = 0.14;

const draw = {
	/* -------------------------------------------------------------------------- labels -- */

	fonts: null, /* title, name, row, bold row */
	labels: [],  /* by label, once it was seen: by font, [text, x, y, ink] */

	begin() {
		const s = D.sizes, family = s.font.split(',').map(f => `"${f}"`).join(',')
			.replace('"sans-serif"', 'sans-serif');
		draw.fonts = [`bold ${s.title}px ${family}`, `${s.name}px ${family}`,
			`${s.row}px ${family}`, `bold ${s.row}px ${family}`];
		draw.ruler = document.createElement('canvas').getContext('2d');
	},

	/**
	 * A label taken apart: { fonts: [[text, x, y, ink]...] by font, lines, width }. A line begins with
	 * its role; bytes below ' ' change the face. Inks: 0 title, 1 muted in the head, 2 row, 3 muted.
	 */
	label(index) {
		if (draw.labels[index])
			return draw.labels[index];
		const s = D.sizes, out = { fonts: [[], [], [], []], lines: [], width: 0 };
		let y = 0, before = 'T';
		for (const line of D.labels[index][0].split('\n')) {
			if (!line)
				continue;
			const role = line[0];
			y = role === 'T' ? 15 : role === 'N' ? y + s.name_height
				: before === 'L' ? y + s.row_height
					: y + s.title_height - 15 + s.rows_above + s.row_height - 4;
			before = role;
			let x = 0;
			const pieces = [];
			for (const [, face, text] of line.slice(1).matchAll(/([\u0001-\u0003]*)([^\u0001-\u0003]+)/g)) {
				const last = face.slice(-1);
				const font = role === 'T' ? 0 : role === 'N' ? 1 : last === '\u0002' ? 3 : 2;
				const muted = last === '\u0003' ? 1 : 0;
				const ink = role === 'L' ? 2 + muted : role === 'N' ? 1 : muted;
				const piece = [text, x, y, ink, 0, font];
				draw.ruler.font = draw.fonts[font];
				x += draw.ruler.measureText(text).width;
				pieces.push(piece);
				out.fonts[font].push(piece);
			}
			for (const piece of pieces)
				piece[4] = x; /* width of its line */
			out.lines.push(pieces);
			out.width = Math.max(out.width, x);
		}
		return draw.labels[index] = out;
	},

	/** The first line of a label as plain text. */
	title(index) {
		return draw.label(index).lines[0]?.map(piece => piece[0]).join('') || '';
	},

	/* --------------------------------------------------------------------------- boxes -- */

	/* Items of one paint: bodies, heads, borders. */
	boxes(ctx, view, list, ink, theme, scale) {
		const R = D.sizes.radius, round = scale >= MIDDLE;
		if (!round) {
			const least = 1.2 / scale;
			ctx.fillStyle = ink[1];
			for (const i of list)
				ctx.fillRect(view.x[i], view.y[i], Math.max(view.w[i], least),
					Math.max(view.holds[i] ? D.labels[view.label[i]][3] : view.h[i], least));
			return;
		}
		const bodies = [new Path2D(), new Path2D()], heads = new Path2D();
		const borders = [new Path2D(), new Path2D(), new Path2D(), new Path2D()];
		let bodied = 0;
		for (const i of list) {
			const x = view.x[i], y = view.y[i], w = view.w[i], h = view.h[i], flags = view.flags[i];
			const head = D.labels[view.label[i]][3], pill = flags & FLAG.PILL;
			const quantized = flags & FLAG.QUANTIZED ? 1 : 0;
			if (pill || h <= head) {
				heads.roundRect(x, y, w, h, pill ? Math.floor(Math.min(w, h) / 2) : R);
			} else {
				bodies[quantized].roundRect(x, y, w, h, R);
				heads.roundRect(x, y, w, head, [R, R, 0, 0]);
				bodied |= 1 << quantized;
			}
			borders[(flags & FLAG.DASHED) + 2 * quantized].roundRect(x, y, w, h,
				pill ? Math.floor(Math.min(w, h) / 2) : R);
		}
		[theme.body, theme.quantized].forEach((fill, k) => {
			if (bodied >> k & 1) {
				ctx.fillStyle = fill[0];
				ctx.fill(bodies[k]);
			}
		});
		ctx.fillStyle = ink[1];
		ctx.fill(heads);
		borders.forEach((path, k) => {
			ctx.setLineDash(k & 1 ? [4, 3] : []);
			ctx.strokeStyle = k & 2 ? theme.quantized[1] : ink[2];
			ctx.lineWidth = k & 2 ? 2 : 1;
			ctx.stroke(path);
		});
		ctx.setLineDash([]);
	},

	texts(ctx, view, list, theme) {
		const side = D.sizes.side;
		for (let font = 0; font < 4; font++) {
			ctx.font = draw.fonts[font];
			for (const i of list) {
				const pieces = draw.label(view.label[i]).fonts[font];
				if (!pieces.length)
					continue;
				const ink = theme.paints[view.paint[i]], flags = view.flags[i];
				const body = flags & FLAG.QUANTIZED ? theme.quantized : theme.body;
				for (const [text, x, y, kind, width] of pieces) {
					ctx.fillStyle = kind < 2 ? ink[3 + kind] : body[kind];
					ctx.fillText(text, view.x[i] + x +
						(flags & FLAG.PILL ? (view.w[i] - width) / 2 : side), view.y[i] + y);
				}
			}
		}
	},

	items(ctx, view, list, theme, scale) {
		const by = new Map();
		for (const i of list) {
			const paint = view.paint[i];
			if (!by.has(paint))
				by.set(paint, []);
			by.get(paint).push(i);
		}
		for (const [paint, some] of by)
			draw.boxes(ctx, view, some, theme.paints[paint], theme, scale);
		if (scale >= NEAR)
			draw.texts(ctx, view, list, theme);
	},

	/* Frames, and the boxes that hold them, from the outside in. */
	frames(ctx, view, region, theme, scale) {
		let before = -1; /* holders have their frames one after the other */
		for (const [, label, x, y, w, h, holder] of view.frames) {
			if (x > region.right || x + w < region.left || y > region.bottom || y + h < region.top)
				continue;
			if (holder >= 0 && holder !== before)
				draw.items(ctx, view, [holder], theme, scale);
			before = holder;
			ctx.beginPath();
			ctx.roundRect(x, y, w, h, D.sizes.radius);
			ctx.fillStyle = theme.nested[0];
			ctx.fill();
			ctx.strokeStyle = theme.nested[1];
			ctx.lineWidth = scale >= MIDDLE ? 1 : 0.7 / scale;
			ctx.stroke();
			if (scale >= NEAR)
				draw.line(ctx, label, x + D.sizes.side, y + 15, theme.nested[2], theme.nested[3]);
		}
	},

	/* The first line of a label, in inks of our own. */
	line(ctx, label, x, y, ink, muted) {
		for (const [text, dx, , kind, , font] of draw.label(label).lines[0] || []) {
			ctx.font = draw.fonts[font];
			ctx.fillStyle = kind & 1 ? muted : ink;
			ctx.fillText(text, x + dx, y);
		}
	},

	tagsOf(ctx, view, region, theme) {
		const s = D.sizes;
		view.within('tags', region, i => {
			const [label, x, y, , end] = view.tags[i], wide = D.labels[label][1];
			if (x > region.right || x + wide < region.left || y > region.bottom + 20 || y < region.top - 20)
				return;
			if (end) {
				ctx.beginPath();
				ctx.roundRect(x - s.tag_side, y - s.tag_rise, wide - 2 * (s.side - s.tag_side),
					s.tag_height, s.tag_height / 2);
				ctx.fillStyle = theme.pill[0];
				ctx.fill();
				ctx.strokeStyle = theme.pill[1];
				ctx.lineWidth = 1;
				ctx.stroke();
			}
			draw.line(ctx, label, x, y, theme.wire_text, theme.body[3]);
		});
	},

	legend(ctx, view, theme, scale) {
		for (const [paint, label, x, y, w, h, baseline] of view.legend) {
			if (paint >= 0) {
				ctx.beginPath();
				ctx.roundRect(x, y, w, h, 4);
				ctx.fillStyle = theme.paints[paint][1];
				ctx.fill();
				ctx.strokeStyle = theme.paints[paint][2];
				ctx.lineWidth = 1;
				ctx.stroke();
			}
			if (label < 0 || scale < NEAR)
				continue;
			const ink = paint >= 0 ? theme.paints[paint].slice(3) : [theme.body[2], theme.body[3]];
			for (const [text, dx, , kind] of draw.label(label).lines[0] || []) {
				ctx.font = draw.fonts[2];
				ctx.fillStyle = ink[kind & 1];
				ctx.fillText(text, x + D.sizes.side + dx, baseline);
			}
		}
	},

	/* -------------------------------------------------------------------------- region -- */

	/**
	 * Draws what is in a region. `look`: { theme, bright: 1 by item where only some are bright, or
	 * null, hits: likewise those that a search found, accent }.
	 */
	region(ctx, view, region, scale, look) {
		const { theme, bright } = look;
		const visible = [];
		view.within('items', region, i => {
			if (view.touches(i, region))
				visible.push(i);
		});
		const inner = visible.filter(i => !view.holds[i]);
		draw.frames(ctx, view, region, theme, scale);
		for (const pass of bright ? [0, 1] : [1]) {
			const wanted = bright ? i => bright[i] === pass : null;
			ctx.globalAlpha = pass ? 1 : 0.22;
			wires.region(ctx, view, region, scale, theme, bright &&
				(i => (bright[view.from[i]] & bright[view.to[i]]) === pass));
			draw.items(ctx, view, wanted ? inner.filter(wanted) : inner, theme, scale);
		}
		ctx.globalAlpha = bright ? 0.4 : 1;
		if (scale >= NEAR)
			draw.tagsOf(ctx, view, region, theme);
		ctx.globalAlpha = 1;
		if (scale >= MIDDLE)
			draw.legend(ctx, view, theme, scale);
		if (look.hits)
			draw.marks(ctx, view, visible.filter(i => look.hits[i]), scale, look.accent);
	},

	/* What a search found. */
	marks(ctx, view, list, scale, accent) {
		const out = Math.max(3, 2 / scale), path = new Path2D();
		for (const i of list)
			path.roundRect(view.x[i] - out, view.y[i] - out, view.w[i] + 2 * out,
				(view.holds[i] ? D.labels[view.label[i]][3] : view.h[i]) + 2 * out, D.sizes.radius + out);
		ctx.strokeStyle = ctx.fillStyle = accent;
		ctx.lineWidth = Math.max(2, 1.5 / scale);
		ctx.stroke(path);
		ctx.globalAlpha = scale < MIDDLE ? 0.45 : 0.16;
		ctx.fill(path);
		ctx.globalAlpha = 1;
	},
};
