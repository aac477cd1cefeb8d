/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plots.js - bars and a curve, drawn with elements. What is unknown is not drawn, and said.
 */

const plots = {
	/**
	 * Bars, one below the other. @param rows  [{ name, values, colors, texts, go }], a bar for each
	 * value; bars of the same place in `values` share a scale.
	 */
	bars(rows, heads) {
		const most = heads.map((_, k) => Math.max(1, ...rows.map(r => r.values[k] || 0)));
		return el('table', { class: 'bars' },
			el('thead', {}, el('tr', {}, el('th', { scope: 'col', text: '' }),
				heads.map(h => el('th', { scope: 'col', text: h })))),
			el('tbody', {}, rows.map(r => el('tr', {},
				el('th', { scope: 'row', title: r.name }, r.go ? el('button', { class: 'link', text: r.name, click: r.go })
					: el('span', { text: r.name })),
				heads.map((_, k) => {
					const bar = el('span', { class: 'bar', 'aria-hidden': 'true' });
					bar.style.width = `${Math.max(r.values[k] ? 1 : 0, 100 * (r.values[k] || 0) / most[k])}%`;
					if (r.color)
						bar.style.background = r.color;
					return el('td', {}, el('span', { class: 'track' }, bar), el('span', { class: 'figure', text: r.texts[k] }));
				})))));
	},

	/**
	 * A curve of steps over time. @param numbers  null where unknown; @param choose  called with the
	 * index that was clicked, @param tell  text for an index.
	 */
	curve(numbers, text, choose, tell) {
		const W = 960, H = 200, n = numbers.length;
		const most = Math.max(1, ...numbers.map(v => v || 0));
		const svg = document.createElementNS(SVG, 'svg');
		const add = (tag, props) => {
			const node = document.createElementNS(SVG, tag);
			for (const [name, value] of Object.entries(props))
				node.setAttribute(name, value);
			svg.append(node);
			return node;
		};
		const steps = Math.min(n, W), peaks = new Array(steps).fill(null);
		numbers.forEach((v, i) => {
			const k = Math.floor(i * steps / n);
			if (v !== null && (peaks[k] === null || v > peaks[k]))
				peaks[k] = v;
		});
		let line = '', area = '', open = false;
		peaks.forEach((v, k) => {
			const x = k * W / steps, x2 = (k + 1) * W / steps, y = v === null ? H : H - v / most * (H - 8);
			if (v !== null) {
				line += `${open ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}H${x2.toFixed(1)}`;
				area += `M${x.toFixed(1)} ${H}V${y.toFixed(1)}H${x2.toFixed(1)}V${H}z`;
			}
			open = v !== null;
		});
		svg.setAttribute('viewBox', `0 0 ${W} ${H}`);
		svg.setAttribute('preserveAspectRatio', 'none');
		svg.setAttribute('class', 'curve');
		svg.setAttribute('role', 'img');
		svg.setAttribute('aria-label', text);
		add('path', { d: area, class: 'area' });
		add('path', { d: line, class: 'line' });
		const at = e => {
			const box = svg.getBoundingClientRect();
			return Math.max(0, Math.min(n - 1, Math.floor((e.clientX - box.left) / box.width * n)));
		};
		const note = el('p', { class: 'note', text });
		svg.addEventListener('pointermove', e => { note.textContent = tell(at(e)); });
		svg.addEventListener('pointerleave', () => { note.textContent = text; });
		svg.addEventListener('click', e => choose(at(e)));
		return el('div', { class: 'plot' }, svg, note);
	},
};
