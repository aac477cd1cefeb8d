/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/rule.h"

void rule_window(call *c)
{
	(void)c;
}

void rule_dft(call *c)
{
	(void)c;
}

void rule_stft(call *c)
{
	(void)c;
}

void rule_mel_weight_matrix(call *c)
{
	(void)c;
}

void rule_string_normalizer(call *c)
{
	(void)c;
}

void rule_string_split(call *c)
{
	(void)c;
}

void rule_tf_idf(call *c)
{
	(void)c;
}
