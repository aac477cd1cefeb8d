/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.js - a list of any length of which only the visible rows exist. To a screen reader it is a
 * listbox (or the rows of a grid) that knows its length and which row is active.
 */

/** Browsers place nothing beyond so many pixels; longer lists are scrolled by share. */
const TALLEST = 8000000;

class List {
	/**
	 * @param box   an element; gets role, focus and the rows
	 * @param made  { row: height in pixels, role, label, make() -> element, fill(element, i),
	 *              choose(i) on click or Enter, move(i) when the active row changes }
	 */
	constructor(box, made) {
		Object.assign(this, { box, made, n: 0, active: -1, rows: new Map(), free: [] });
		this.id = `list${List.made = (List.made || 0) + 1}`;
		this.inner = el('div', { class: 'rows', role: 'presentation' });
		box.append(this.inner);
		box.setAttribute('role', made.role || 'listbox');
		box.setAttribute('aria-label', made.label);
		box.tabIndex = 0;
		box.addEventListener('scroll', () => this.draw(), { passive: true });
		box.addEventListener('keydown', e => this.key(e));
		box.addEventListener('focus', () => {
			if (this.active < 0 && this.n)
				this.activate(0);
		});
		new ResizeObserver(() => this.draw()).observe(box);
	}

	set(n, active = -1) {
		this.n = n;
		this.active = active;
		this.height = Math.min(TALLEST, n * this.made.row);
		this.inner.style.height = `${this.height}px`;
		for (const [, row] of this.rows)
			this.release(row);
		this.rows.clear();
		this.box.removeAttribute('aria-activedescendant');
		if (active >= 0)
			this.show(active);
		this.draw();
	}

	release(row) {
		row.hidden = true;
		this.free.push(row);
	}

	/* Rows above the window, as if all had their full height. */
	top() {
		const room = this.box.clientHeight, all = this.n * this.made.row;
		if (all <= this.height)
			return this.box.scrollTop;
		return this.box.scrollTop / Math.max(1, this.height - room) * (all - room);
	}

	draw() {
		if (!this.box.clientHeight)
			return;
		const room = this.box.clientHeight, top = this.top(), high = this.made.row;
		const first = Math.max(0, Math.floor(top / high) - 4);
		const last = Math.min(this.n, Math.ceil((top + room) / high) + 4);
		for (const [i, row] of this.rows)
			if (i < first || i >= last) {
				this.rows.delete(i);
				this.release(row);
			}
		for (let i = first; i < last; i++) {
			let row = this.rows.get(i);
			if (!row) {
				row = this.free.pop() || this.makeRow();
				row.hidden = false;
				row.id = `${this.id}-${i}`;
				row.index = i;
				row.setAttribute('aria-setsize', this.n);
				row.setAttribute('aria-posinset', i + 1);
				this.made.fill(row, i);
				this.rows.set(i, row);
			}
			row.style.transform = `translateY(${Math.round(this.box.scrollTop - top + i * high)}px)`;
			this.markRow(row, i);
		}
	}

	makeRow() {
		const row = this.made.make();
		row.classList.add('row');
		row.setAttribute('role', this.made.role === 'grid' ? 'row' : 'option');
		row.addEventListener('click', () => {
			this.activate(row.index);
			this.made.choose(row.index);
		});
		this.inner.append(row);
		return row;
	}

	markRow(row, i) {
		row.setAttribute('aria-selected', i === this.active ? 'true' : 'false');
		if (i === this.active)
			this.box.setAttribute('aria-activedescendant', row.id);
	}

	show(i) {
		const high = this.made.row, room = this.box.clientHeight, top = this.top();
		if (i * high >= top && (i + 1) * high <= top + room)
			return;
		const wanted = Math.max(0, i * high - room / 2), all = this.n * high;
		this.box.scrollTop = all <= this.height ? wanted
			: wanted / Math.max(1, all - room) * (this.height - room);
	}

	activate(i) {
		this.active = Math.max(0, Math.min(this.n - 1, i));
		this.show(this.active);
		this.draw();
		this.made.move?.(this.active);
	}

	/** Arrows and so on. @return whether the key was one of ours. */
	key(e) {
		const page_rows = Math.max(1, Math.floor(this.box.clientHeight / this.made.row) - 1);
		const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page_rows, PageUp: -page_rows,
			Home: -this.n, End: this.n };
		if (!this.n || e.ctrlKey || e.altKey || e.metaKey)
			return false;
		if (e.key in steps)
			this.activate(this.active + steps[e.key]);
		else if ((e.key === 'Enter' || e.key === ' ') && this.active >= 0)
			this.made.choose(this.active);
		else
			return false;
		e.preventDefault();
		e.stopPropagation();
		return true;
	}
}
