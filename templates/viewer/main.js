/* SPDX-License-Identifier: Apache-2.0 */
/* main.js - begins. */
data.read().then(D => {
	document.getElementById('note').textContent = `${D.title}: ${D.nodes.name.length} nodes`;
});
