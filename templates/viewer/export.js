/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.js - the visible part of the picture as an SVG file. It is made of elements and texts, so
 * the browser writes the markup and nothing of a model can become any.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** What wires.trace() draws into, as the path data of SVG. */
class PathText {
	constructor() {
		this.text = '';
	}

	moveTo(x, y) {
		this.text += `M${x} ${y}`;
	}

	lineTo(x, y) {
		this.text += `L${x} ${y}`;
	}

	bezierCurveTo(...numbers) {
		this.text += `C${numbers.join(' ')}`;
	}

	closePath() {
		this.text += 'z';
	}
}

const exporter = {
	/** @return the text of the SVG file. */
	visible() {
		const r = board.region(), view = board.view, theme = page.look.theme;
		const left = Math.max(0, Math.floor(r.left)), top = Math.max(0, Math.floor(r.top));
		const w = Math.max(1, Math.min(view.width, Math.ceil(r.right)) - left);
		const h = Math.max(1, Math.min(view.height, Math.ceil(r.bottom)) - top);
		const region = { left, top, right: left + w, bottom: top + h };
		const make = (tag, props, ...children) => {
			const node = document.createElementNS(SVG, tag);
			for (const [name, value] of Object.entries(props))
				node.setAttribute(name, value);
			node.append(...children);
			return node;
		};
		const root = make('svg', { width: w, height: h, viewBox: `${left - 0.5} ${top - 0.5} ${w} ${h}`,
			'font-family': D.sizes.font, 'font-size': D.sizes.row });
		root.append(make('title', {}, D.title),
			make('rect', { x: left - 1, y: top - 1, width: w + 2, height: h + 2, fill: theme.page }));
		const visible = [];
		view.within('items', region, i => view.touches(i, region) && visible.push(i));
		visible.sort((a, b) => a - b);
		exporter.frames(root, make, region, theme);
		exporter.ways(root, make, region, theme);
		for (const i of visible)
			if (!view.holds[i])
				exporter.item(root, make, i, theme);
		exporter.tags(root, make, region, theme);
		return `${new XMLSerializer().serializeToString(root)}\n`;
	},

	save() {
		page.save(`${D.title.replace(/\.onnx$/, '').replace(/[^\w.-]+/g, '_') || 'model'}.svg`,
			'image/svg+xml', exporter.visible());
		page.say('The visible part was saved as SVG');
	},

	text(parent, make, pieces, x, y, inks) {
		for (const [text, dx, dy, kind, , font] of pieces) {
			const props = { x: Math.round((x + dx) * 10) / 10, y: y + dy, fill: inks[kind] };
			if (font === 0 || font === 3)
				props['font-weight'] = 'bold';
			if (font < 2)
				props['font-size'] = font ? D.sizes.name : D.sizes.title;
			parent.append(make('text', props, text));
		}
	},

	item(parent, make, i, theme) {
		const v = board.view, ink = theme.paints[v.paint[i]], label = draw.label(v.label[i]);
		const x = v.x[i], y = v.y[i], w = v.w[i], h = v.h[i], head = D.labels[v.label[i]][3];
		const quantized = v.flags[i] & FLAG.QUANTIZED, pill = v.flags[i] & FLAG.PILL, R = D.sizes.radius;
		const body = quantized ? theme.quantized : theme.body;
		const g = make('g', { stroke: quantized ? theme.quantized[1] : ink[2], 'stroke-width': quantized ? 2 : 1 });
		if (v.flags[i] & FLAG.DASHED)
			g.setAttribute('stroke-dasharray', '4 3');
		if (pill || h <= head) {
			g.append(make('rect', { x, y, width: w, height: h, fill: ink[1],
				rx: pill ? Math.floor(Math.min(w, h) / 2) : R }));
		} else {
			g.append(make('rect', { x, y, width: w, height: h, rx: R, fill: body[0] }),
				make('path', { fill: ink[1], d: `M${x} ${y + head}V${y + R}q0 ${-R} ${R} ${-R}h${w - 2 * R}` +
					`q${R} 0 ${R} ${R}V${y + head}z` }));
		}
		const words = make('g', { stroke: 'none' });
		for (const line of label.lines)
			exporter.text(words, make, line, x + (pill ? (w - (line[0]?.[4] || 0)) / 2 : D.sizes.side), y,
				[ink[3], ink[4], body[2], body[3]]);
		g.append(words);
		parent.append(g);
	},

	frames(root, make, r, theme) {
		let before = -1;
		for (const [, label, x, y, w, h, holder] of board.view.frames) {
			if (x > r.right || x + w < r.left || y > r.bottom || y + h < r.top)
				continue;
			if (holder >= 0 && holder !== before)
				exporter.item(root, make, holder, theme);
			before = holder;
			root.append(make('rect', { x, y, width: w, height: h, rx: D.sizes.radius, fill: theme.nested[0],
				stroke: theme.nested[1] }));
			exporter.text(root, make, draw.label(label).lines[0] || [], x + D.sizes.side, y,
				[theme.nested[2], theme.nested[3], theme.nested[2], theme.nested[3]]);
		}
	},

	ways(root, make, r, theme) {
		const v = board.view, dashes = ['', '4 3', '6 3', ''];
		v.within('ways', r, i => {
			if (!v.wayTouches(i, r))
				return;
			const path = new PathText(), head = new PathText(), color = theme.strokes[v.stroke[i]];
			const arrives = wires.trace(v, i, path), end = v.first[i + 1];
			const line = make('path', { d: path.text, fill: 'none', stroke: color });
			if (dashes[v.stroke[i]])
				line.setAttribute('stroke-dasharray', dashes[v.stroke[i]]);
			root.append(line);
			if (arrives) {
				wires.head(head, v.points[end - 2], v.points[end - 1], ...arrives);
				root.append(make('path', { d: head.text, fill: color }));
			}
		});
	},

	tags(root, make, r, theme) {
		const v = board.view, s = D.sizes;
		v.within('tags', r, i => {
			const [label, x, y, , end] = v.tags[i];
			if (x > r.right || y < r.top - 20 || y > r.bottom + 20)
				return;
			if (end)
				root.append(make('rect', { x: x - s.tag_side, y: y - s.tag_rise, rx: s.tag_height / 2,
					width: D.labels[label][1] - 2 * (s.side - s.tag_side), height: s.tag_height,
					fill: theme.pill[0], stroke: theme.pill[1] }));
			const inks = [theme.wire_text, theme.body[3], theme.wire_text, theme.body[3]];
			for (const line of draw.label(label).lines.slice(0, 1))
				exporter.text(root, make, line.map(([t, dx, , k, w, f]) => [t, dx, 0, k, w, f]), x, y, inks);
		});
	},
};
