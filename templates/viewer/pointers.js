/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pointers.js - mouse, touch and wheel on the canvas.
 */

const pointers = {
	down: new Map(),
	moved: false,

	begin(canvas) {
		canvas.addEventListener('pointerdown', e => pointers.press(e));
		canvas.addEventListener('pointermove', e => pointers.move(e));
		for (const name of ['pointerup', 'pointercancel'])
			canvas.addEventListener(name, e => pointers.release(e));
		canvas.addEventListener('pointerleave', () => pointers.over(-1));
		canvas.addEventListener('wheel', e => pointers.wheel(e), { passive: false });
		canvas.addEventListener('dblclick', e => picked.open(board.thingAt(...pointers.point(e)).item));
		canvas.addEventListener('contextmenu', e => e.preventDefault());
		pointers.beginMap(minimap.canvas);
	},

	/* A click or a drag on the minimap goes there. */
	beginMap(canvas) {
		const go = e => {
			if (!(e.buttons & 1))
				return;
			canvas.setPointerCapture(e.pointerId);
			const box = canvas.getBoundingClientRect();
			board.look((e.clientX - box.left) / minimap.kx, (e.clientY - box.top) / minimap.ky);
		};
		canvas.addEventListener('pointerdown', go);
		canvas.addEventListener('pointermove', go);
		canvas.addEventListener('wheel', e => pointers.wheel(e), { passive: false });
	},

	point(e) {
		const box = board.canvas.getBoundingClientRect();
		return [e.clientX - box.left, e.clientY - box.top];
	},

	press(e) {
		board.canvas.setPointerCapture(e.pointerId);
		if (!pointers.down.size)
			pointers.moved = false;
		pointers.down.set(e.pointerId, { at: pointers.point(e), start: pointers.point(e) });
	},

	move(e) {
		const p = pointers.down.get(e.pointerId), at = pointers.point(e);
		if (!p) {
			if (e.pointerType === 'mouse')
				pointers.over(board.thingAt(...at).item);
			return;
		}
		const [fx, fy] = p.at;
		pointers.moved ||= Math.hypot(at[0] - p.start[0], at[1] - p.start[1]) > 4;
		if (pointers.down.size === 2)
			pointers.pinch(e.pointerId, at);
		else if (pointers.moved)
			board.pan(at[0] - fx, at[1] - fy);
		p.at = at;
		board.canvas.classList.toggle('moving', pointers.moved);
	},

	pinch(id, at) {
		const other = [...pointers.down].find(([k]) => k !== id)[1].at;
		const before = pointers.down.get(id).at;
		const far = (a, b) => Math.max(8, Math.hypot(a[0] - b[0], a[1] - b[1]));
		const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
		const was = middle(before, other), is = middle(at, other);
		pointers.moved = true;
		board.pan(is[0] - was[0], is[1] - was[1]);
		board.zoom(far(at, other) / far(before, other), ...is);
	},

	release(e) {
		const p = pointers.down.get(e.pointerId);
		pointers.down.delete(e.pointerId);
		board.canvas.classList.remove('moving');
		if (p && !pointers.moved && e.type === 'pointerup' && !pointers.down.size && e.button === 0)
			picked.at(board.thingAt(...pointers.point(e)));
	},

	over(item) {
		if (item === board.hover)
			return;
		board.hover = item;
		board.canvas.classList.toggle('over', item >= 0);
		board.canvas.title = item >= 0 ? picked.tip(board.view, item) : '';
		board.later();
	},

	/* A wheel moves; with Ctrl, or as a pinch on a touchpad, it zooms. */
	wheel(e) {
		e.preventDefault();
		const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? board.height : 1;
		if (e.ctrlKey || e.metaKey)
			board.zoom(Math.exp(-Math.max(-60, Math.min(60, e.deltaY * unit)) / 120), ...pointers.point(e));
		else if (e.shiftKey && !e.deltaX)
			board.pan(-e.deltaY * unit, 0);
		else
			board.pan(-e.deltaX * unit, -e.deltaY * unit);
	},
};
