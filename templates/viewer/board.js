/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board.js - the canvas: camera, what is drawn on it, the minimap.
 *
 * The camera is the point of the picture at the upper left corner, and CSS pixels a pixel of the
 * picture. Nothing moves by itself: the camera goes where it was sent, at once.
 */

const MOST_SCALE = 4, READABLE = 0.9, SMALL = 0.75;

const board = {
	tiles: new Tiles(),
	camera: { x: 0, y: 0, scale: 1 },
	cover: 0, /* CSS pixels at the lower edge that the sheet of a phone hides */
	view: null,
	hover: -1,
	queued: false,
	above: null, /* draws what is above the tiles: (ctx) */

	begin() {
		board.canvas = document.getElementById('graph');
		board.ctx = board.canvas.getContext('2d', { alpha: false });
		board.map = document.getElementById('map');
		if (page.narrow.matches) /* the sheet is down */
			board.cover = document.getElementById('panel').getBoundingClientRect().height;
		minimap.begin(board.map);
		board.resize();
		new ResizeObserver(() => board.resize()).observe(board.canvas.parentElement);
	},

	/* ---------------------------------------------------------------------------- size -- */

	resize() {
		const box = board.canvas.parentElement.getBoundingClientRect(), dpr = Tiles.density();
		const old = board.width;
		if (old === Math.max(1, box.width) && board.height === Math.max(1, box.height) && board.dpr === dpr)
			return;
		board.dpr = dpr;
		board.width = Math.max(1, box.width);
		board.height = Math.max(1, box.height);
		board.canvas.width = Math.round(board.width * dpr);
		board.canvas.height = Math.round(board.height * dpr);
		if (board.view && old && old !== board.width)
			board.limit();
		minimap.resize();
		if (board.view)
			board.paint(performance.now()); /* at once: a canvas that got a new size is blank */
	},

	get high() {
		return Math.max(80, board.height - board.cover);
	},

	/* -------------------------------------------------------------------------- camera -- */

	show(view, look) {
		board.view = view;
		board.hover = -1;
		board.tiles.clear(view, look);
		minimap.resize();
		board.later();
	},

	/** The whole of a view of which a part was shown: nothing moves. */
	goOn(view, look) {
		board.view = board.tiles.view = view;
		board.refresh(look);
	},

	fitScale() {
		const blank = 24;
		return Math.min((board.width - 2 * blank) / board.view.width,
			(board.high - 2 * blank) / board.view.height);
	},

	fit(most = 1.5) {
		const scale = Math.min(most, board.fitScale());
		board.look(board.view.width / 2, board.view.height / 2, scale);
	},

	/** The whole where it can be read, else its beginning. */
	home() {
		const { view } = board, whole = board.fitScale();
		if (whole >= 0.5) {
			board.fit(1.25);
			return;
		}
		const [x, y, left, top, across, down] = view.home;
		const ends = view.right ? board.high / view.height : (board.width - 32) / view.width;
		const near = Math.min((board.width - 32) / across, 0.88 * board.high / down);
		const scale = Math.max(0.5, Math.min(READABLE, Math.max(SMALL, ends), near));
		let at = { x, y };
		if (near < SMALL)
			at = view.right ? { x, y: top + down / 2 } : { x: left + across / 2, y };
		if (view.width * scale <= board.width && !view.right)
			at.x = view.width / 2;
		/* What comes before it is shown as well, when that is little. */
		const length = (view.right ? board.width : board.high) / scale;
		let from = (view.right ? at.x : at.y) - 0.08 * length;
		if (from < 0.4 * length) /* below the buttons of views, where these stand above the picture */
			from = Math.min(from, (page.narrow.matches && !view.right ? -64 : -16) / scale);
		from += length / 2;
		board.look(view.right ? from : at.x, view.right ? at.y : from, scale);
	},

	/** Puts a point of the picture into the middle. */
	look(x, y, scale = board.camera.scale) {
		board.camera = { scale, x: x - board.width / 2 / scale, y: y - board.high / 2 / scale };
		board.limit();
		board.later();
	},

	/* The picture never leaves the window for good. */
	limit() {
		const c = board.camera, keep = 80 / c.scale;
		c.x = Math.min(board.view.width - keep, Math.max(keep - board.width / c.scale, c.x));
		c.y = Math.min(board.view.height - keep, Math.max(keep - board.high / c.scale, c.y));
	},

	pan(dx, dy) {
		board.camera.x -= dx / board.camera.scale;
		board.camera.y -= dy / board.camera.scale;
		board.limit();
		board.later();
	},

	/** Zooms about a point of the window. */
	zoom(factor, px = board.width / 2, py = board.high / 2) {
		const c = board.camera, least = Math.min(0.2, board.fitScale() / 2);
		const scale = Math.min(MOST_SCALE, Math.max(least, c.scale * factor));
		c.x += px / c.scale - px / scale;
		c.y += py / c.scale - py / scale;
		c.scale = scale;
		board.limit();
		board.later();
	},

	region() {
		const c = board.camera;
		return { left: c.x, top: c.y, right: c.x + board.width / c.scale,
			bottom: c.y + board.height / c.scale };
	},

	/** Makes an item visible; the camera stays where it is when it is visible already. */
	reveal(item, center) {
		const v = board.view, c = board.camera, blank = 24;
		const head = v.holds[item] ? D.labels[v.label[item]][3] : v.h[item];
		const x = (v.x[item] - c.x) * c.scale, y = (v.y[item] - c.y) * c.scale;
		const inside = x >= blank && y >= blank && x + v.w[item] * c.scale <= board.width - blank &&
			y + head * c.scale <= board.high - blank;
		if (inside && c.scale >= NEAR && !center)
			return;
		board.look(v.x[item] + v.w[item] / 2, v.y[item] + head / 2, Math.max(c.scale, READABLE));
	},

	at(px, py) {
		const c = board.camera;
		return { x: c.x + px / c.scale, y: c.y + py / c.scale };
	},

	/** The item or, beside items, the way at a point of the window. */
	thingAt(px, py) {
		const { x, y } = board.at(px, py), item = board.view.itemAt(x, y);
		const plain = item >= 0 && !board.view.holds[item];
		const way = plain || board.camera.scale < MIDDLE ? -1
			: board.view.wayAt(x, y, 5 / board.camera.scale);
		return { item, way, frame: board.view.frameAt(x, y) };
	},

	/* ------------------------------------------------------------------------- drawing -- */

	later() {
		if (!board.queued) {
			board.queued = true;
			requestAnimationFrame(now => {
				if (board.queued)
					board.paint(now);
			});
		}
	},

	refresh(look) {
		board.tiles.refresh(look);
		board.later();
	},

	paint(now) {
		board.queued = false;
		const { ctx, camera } = board, dpr = Tiles.density();
		const scaled = { x: camera.x, y: camera.y, scale: camera.scale * dpr };
		ctx.setTransform(1, 0, 0, 1, 0, 0);
		const more = board.tiles.draw(ctx, scaled, board.canvas.width, board.canvas.height, now);
		const k = scaled.scale;
		ctx.setTransform(k, 0, 0, k, -Math.round(camera.x * k) + 0.5 * k, -Math.round(camera.y * k) + 0.5 * k);
		board.above?.(ctx);
		minimap.paint();
		if (more)
			board.later();
		else
			minimap.soon();
	},
};

/* ------------------------------------------------------------------------------- minimap -- */

const minimap = {
	begin(canvas) {
		minimap.canvas = canvas;
		minimap.ctx = canvas.getContext('2d');
	},

	resize() {
		if (!board.view)
			return;
		const small = board.width < 600;
		const most = { w: small ? 96 : 168, h: Math.min(small ? 120 : 240, board.height * 0.45) };
		const k = Math.min(most.w / board.view.width, most.h / board.view.height);
		const w = Math.max(40, Math.round(board.view.width * k));
		const h = Math.max(40, Math.round(board.view.height * k)), dpr = Tiles.density();
		minimap.kx = w / board.view.width; /* what is very long is shown wider than it is */
		minimap.ky = h / board.view.height;
		minimap.canvas.style.width = `${w}px`;
		minimap.canvas.style.height = `${h}px`;
		minimap.canvas.width = Math.round(w * dpr);
		minimap.canvas.height = Math.round(h * dpr);
	},

	/* The bitmap of everything is made when nothing else is to be done. */
	soon(wait = 60) {
		const o = board.tiles.overview;
		if (minimap.waits || board.view.isPart || (o && o.stamp === board.tiles.stamp))
			return;
		minimap.waits = true;
		setTimeout(() => {
			minimap.waits = false;
			if (board.tiles.makeOverview())
				minimap.soon(0);
			else
				minimap.paint();
		}, wait);
	},

	paint() {
		const { ctx } = minimap, o = board.tiles.overview, r = board.region();
		const v = board.view, dpr = Tiles.density();
		const all = r.left <= 0 && r.top <= 0 && r.right >= v.width && r.bottom >= v.height;
		minimap.canvas.hidden = all;
		if (all)
			return;
		ctx.setTransform(1, 0, 0, 1, 0, 0);
		ctx.fillStyle = board.tiles.look.theme.page;
		ctx.fillRect(0, 0, minimap.canvas.width, minimap.canvas.height);
		const kx = minimap.kx * dpr, ky = minimap.ky * dpr;
		if (o)
			ctx.drawImage(o.canvas, 0, 0, v.width * kx, v.height * ky);
		const left = Math.max(1, r.left * kx), top = Math.max(1, r.top * ky);
		const right = Math.min(minimap.canvas.width - 1, r.right * kx);
		const bottom = Math.min(minimap.canvas.height - 1, r.bottom * ky);
		ctx.strokeStyle = board.tiles.look.accent;
		ctx.lineWidth = 1.5 * dpr;
		ctx.strokeRect(left, top, Math.max(2, right - left), Math.max(2, bottom - top));
	},
};
