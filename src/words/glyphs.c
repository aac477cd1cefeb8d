/* SPDX-License-Identifier: Apache-2.0 */
#include "words/glyphs.h"

static const glyphs pretty = {
    .times = "×",
    .product = "·",
    .cut = "…",
    .dot = " · ",
    .none = "–",
    .rule = "─",
    .bar = "━",
    .at_least = "≥ ",
    .arrow = " → ",
    .branch = "├─ ",
    .corner = "└─ ",
    .pipe = "│  ",
    .range = "…",
};

static const glyphs plain = {
    .times = "x",
    .product = "*",
    .cut = "..",
    .dot = ", ",
    .none = "-",
    .rule = "-",
    .bar = "=",
    .at_least = ">= ",
    .arrow = " -> ",
    .branch = "|- ",
    .corner = "`- ",
    .pipe = "|  ",
    .range = "..",
};

const glyphs *glyphs_of(bool utf8)
{
	return utf8 ? &pretty : &plain;
}
