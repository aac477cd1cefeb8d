/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rule_training.c - ai.onnx.preview.training. An optimizer takes a learning rate, an update count,
 * and n tensors in groups: all X, all gradients, then one or two states of each X. It gives back
 * new X and new states, in the same groups without the gradients.
 */
#include "infer/rule.h"

/* After R and T come X and gradients; what is left to give are X and `states` groups. */
static void say_updated(call *c, size_t states)
{
	if (c->n_in < 2)
		return;
	size_t groups = states + 2, n = (c->n_in - 2) / groups;
	if (n * groups != c->n_in - 2) {
		call_complain(c, "arity", "inputs after R and T must come in groups of %zu", groups);
		return;
	}
	for (size_t i = 0; i < c->n_out && i < n * (groups - 1); i++)
		call_same(c, i, 2 + (i < n ? i : i + n));
}

/* Adagrad, Momentum. */
void rule_optimizer_one_state(call *c)
{
	say_updated(c, 1);
}

/* Adam: running averages of the gradient and of its square. */
void rule_optimizer_two_states(call *c)
{
	say_updated(c, 2);
}

/*
 * Gradient of y with respect to xs: the first inputs are xs, and each output is of the type of its
 * x. Inputs are as many as xs and zs together.
 */
void rule_gradient(call *c)
{
	oray_attribute xs;
	if (!call_attribute(c, "xs", &xs) || xs.type != ORAY_ATTR_STRINGS)
		return;
	for (size_t i = 0; i < c->n_out && i < xs.count && i < c->n_in; i++)
		call_same(c, i, i);
}
