/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tiles.js - the picture as tiles of pixels, so that moving costs a few copies a frame, however much
 * is in view.
 *
 * Tiles belong to one scale. A few milliseconds a frame go into tiles that are missing or out of
 * date, those in the middle first; until they are there, tiles of the scale before are stretched,
 * and below them lies a small bitmap of everything. So zooming is smooth at once and sharp a moment
 * later.
 */

const TILE = 512;      /* device pixels */
const BUDGET = 7;      /* milliseconds a frame, */
const FIRST = 90;      /* and in the first, so that it shows something */
const SETTLED = 90;    /* milliseconds without a change of scale until tiles are drawn */
const OVERVIEW = 1600; /* pixels of the longer side */
const STRIP = 2000;    /* boxes of it that are drawn at a time */

class Tiles {
	constructor() {
		this.tiles = new Map();
		this.before = { scale: 0, tiles: new Map() };
		this.scale = 0;
		this.stamp = 0;
		this.changed = -Infinity;
		this.spare = [];
		this.overview = null;
	}

	/** Another view or theme: nothing that was drawn is of use. */
	clear(view, look) {
		this.drop(this.tiles);
		this.drop(this.before.tiles);
		this.view = view;
		this.look = look;
		this.scale = 0;
		this.overview = this.making = null;
		this.stamp++;
	}

	/** Something about the look: tiles stay until newer ones are there. */
	refresh(look) {
		this.look = look;
		this.stamp++;
	}

	drop(tiles) {
		for (const tile of tiles.values())
			if (this.spare.length < 64)
				this.spare.push(tile.canvas);
		tiles.clear();
	}

	/* Tiles of the scale before are kept, unless they were few and those before them are more. */
	setScale(scale, now) {
		if (scale === this.scale)
			return;
		if (this.tiles.size) {
			this.drop(this.before.tiles);
			this.before = { scale: this.scale, tiles: this.tiles };
			this.tiles = new Map();
		}
		this.scale = scale;
		this.changed = this.before.tiles.size ? now : -Infinity; /* a page may be this young */
	}

	/**
	 * Draws what the camera sees; `camera`: { x, y, scale }, scale in device pixels a pixel of the
	 * picture. @return true when there is more to do in the next frame.
	 */
	draw(ctx, camera, width, height, now) {
		this.setScale(camera.scale, now);
		const left = Math.round(camera.x * camera.scale), top = Math.round(camera.y * camera.scale);
		const missing = [];
		ctx.fillStyle = this.look.theme.page;
		ctx.fillRect(0, 0, width, height);
		const range = [Math.floor(left / TILE), Math.floor(top / TILE),
			Math.floor((left + width - 1) / TILE), Math.floor((top + height - 1) / TILE)];
		const most = { x: Math.floor(this.view.width * camera.scale / TILE),
			y: Math.floor(this.view.height * camera.scale / TILE) };
		for (let ty = Math.max(0, range[1]); ty <= Math.min(most.y, range[3]); ty++)
			for (let tx = Math.max(0, range[0]); tx <= Math.min(most.x, range[2]); tx++) {
				const tile = this.tiles.get(tx * 65536 + ty);
				if (!tile || tile.stamp !== this.stamp)
					missing.push({ tx, ty, has: !!tile, far:
						Math.hypot((tx + 0.5) * TILE - left - width / 2, (ty + 0.5) * TILE - top - height / 2) });
			}
		const waits = missing.length && now - this.changed < SETTLED;
		if (missing.length && !waits)
			this.fill(missing);
		if (missing.some(m => !m.has))
			this.drawBelow(ctx, camera, left, top, width, height);
		for (let ty = Math.max(0, range[1]); ty <= range[3]; ty++)
			for (let tx = Math.max(0, range[0]); tx <= range[2]; tx++) {
				const tile = this.tiles.get(tx * 65536 + ty);
				if (tile) {
					tile.used = now;
					ctx.drawImage(tile.canvas, tx * TILE - left, ty * TILE - top);
				}
			}
		this.forget((range[2] - range[0] + 1) * (range[3] - range[1] + 1));
		return missing.length > 0;
	}

	/* Draws tiles until the time is over; at least one. What is done leaves the list. */
	fill(missing) {
		const start = performance.now();
		missing.sort((a, b) => a.far - b.far);
		const budget = this.tiles.size || this.before.tiles.size ? BUDGET : FIRST;
		do {
			const { tx, ty } = missing.shift();
			this.render(tx, ty);
		} while (missing.length && performance.now() - start < budget);
	}

	render(tx, ty) {
		const key = tx * 65536 + ty, scale = this.scale;
		let tile = this.tiles.get(key);
		if (!tile) {
			const canvas = this.spare.pop() || document.createElement('canvas');
			canvas.width = canvas.height = TILE;
			tile = { canvas, ctx: canvas.getContext('2d', { alpha: false }) };
			this.tiles.set(key, tile);
		}
		const { ctx } = tile, blank = 24;
		ctx.setTransform(1, 0, 0, 1, 0, 0);
		ctx.fillStyle = this.look.theme.page;
		ctx.fillRect(0, 0, TILE, TILE);
		ctx.setTransform(scale, 0, 0, scale, 0.5 * scale - tx * TILE, 0.5 * scale - ty * TILE);
		draw.region(ctx, this.view, {
			left: tx * TILE / scale - blank, right: (tx + 1) * TILE / scale + blank,
			top: ty * TILE / scale - blank, bottom: (ty + 1) * TILE / scale + blank,
		}, scale / Tiles.density(), this.look);
		tile.stamp = this.stamp;
	}

	static density() {
		return window.devicePixelRatio || 1;
	}

	/* What lies below tiles that are missing. */
	drawBelow(ctx, camera, left, top, width, height) {
		const o = this.overview;
		ctx.imageSmoothingEnabled = true;
		ctx.imageSmoothingQuality = 'low';
		if (o) {
			const k = camera.scale / o.scale;
			const sx = Math.max(0, Math.floor(left / k)), sy = Math.max(0, Math.floor(top / k));
			const sw = Math.min(o.canvas.width - sx, Math.ceil(width / k) + 2);
			const sh = Math.min(o.canvas.height - sy, Math.ceil(height / k) + 2);
			if (sw > 0 && sh > 0)
				ctx.drawImage(o.canvas, sx, sy, sw, sh, sx * k - left, sy * k - top, sw * k, sh * k);
		}
		const k = camera.scale / this.before.scale, size = TILE * k;
		for (const [key, tile] of this.before.tiles) {
			const x = Math.floor(key / 65536) * size - left, y = (key % 65536) * size - top;
			if (x < width && y < height && x + size > 0 && y + size > 0)
				ctx.drawImage(tile.canvas, x, y, size, size);
		}
	}

	/**
	 * Draws some more of a small bitmap of everything: what is below missing tiles, and the minimap.
	 * The old one stays until the new one is done. @return true when there is more to do.
	 */
	makeOverview() {
		const { view, look } = this;
		if (this.overview?.stamp === this.stamp)
			return false;
		if (this.making?.stamp !== this.stamp) {
			const canvas = document.createElement('canvas');
			const scale = Math.min(1, OVERVIEW / Math.max(view.width, view.height));
			canvas.width = Math.max(1, Math.ceil(view.width * scale));
			canvas.height = Math.max(1, Math.ceil(view.height * scale));
			this.making = { canvas, scale, stamp: this.stamp, done: 0,
				strips: Math.max(1, Math.ceil(view.n / STRIP)), ctx: canvas.getContext('2d', { alpha: false }) };
			this.making.ctx.fillStyle = look.theme.page;
			this.making.ctx.fillRect(0, 0, canvas.width, canvas.height);
		}
		const { ctx, canvas, scale, strips } = this.making, across = view.band.across;
		const long = across ? canvas.width : canvas.height;
		const from = Math.floor(long * this.making.done / strips), to = Math.floor(long * ++this.making.done / strips);
		const area = across ? [from, 0, to - from, canvas.height] : [0, from, canvas.width, to - from];
		ctx.save();
		ctx.beginPath();
		ctx.rect(...area);
		ctx.clip();
		ctx.setTransform(scale, 0, 0, scale, 0, 0);
		draw.region(ctx, view, { left: area[0] / scale, top: area[1] / scale, right: (area[0] + area[2]) / scale,
			bottom: (area[1] + area[3]) / scale }, Math.min(scale, MIDDLE / 2), look);
		ctx.restore();
		if (this.making.done < strips)
			return true;
		this.overview = this.making;
		this.making = null;
		return false;
	}

	/* So many tiles as fill the window three times are kept. */
	forget(visible) {
		const most = 3 * visible + 8;
		if (this.tiles.size <= most)
			return;
		const old = [...this.tiles].sort((a, b) => a[1].used - b[1].used);
		for (const [key, tile] of old.slice(0, this.tiles.size - most)) {
			this.tiles.delete(key);
			this.spare.push(tile.canvas);
		}
	}
}
