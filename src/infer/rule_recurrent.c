/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_rnn(call *c)
{
	(void)c;
}
