/* SPDX-License-Identifier: Apache-2.0 */
/*
 * greet.js - begins: the first picture of a large model, before the rest of the page is looked at.
 *
 * The page has two scripts. The first one, up to here, is what it takes to draw; of a large model it
 * draws the opening. The other one, everything there is to do with a picture, begins with the data,
 * and not before the first picture is on the screen.
 */

/** Colours, sizes, the title, and a board to draw on. */
function begin() {
	draw.begin();
	page.begin();
	board.begin();
	document.getElementById('note').hidden = true;
}

/** Draws what is to be seen. @return a promise: it is on the screen. */
function seen() {
	board.paint(performance.now());
	return new Promise(done => requestAnimationFrame(() => setTimeout(() => {
		performance.mark('first-picture');
		done();
	})));
}

/* Draws the opening of a large model, unless the reader asks for another place. */
async function greet() {
	const opening = location.hash.length > 1 ? null : await data.read('opening');
	if (!opening)
		return;
	D = data.openViews(opening);
	begin();
	board.show(new View(D.views[0], 0), page.look);
	board.home();
	await seen();
}

const greeted = greet();
greeted.catch(() => {}); /* main.js says so */
