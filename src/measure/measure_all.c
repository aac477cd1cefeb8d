/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure_all.c - all parameters of a model, by two threads that take the next tensor when they are
 * done with one.
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/heap.h"
#include "measure/measure_as.h"

/* Bytes that are not worth a second thread. */
enum { ALONE = 4 * 1024 * 1024 };

typedef struct how {
	int32_t packed;
	double zero;
} how;

typedef struct measure_all {
	const oray_parameter_list *list;
	oray_statistics *statistics;
	how *how; /* by row of the list */
	uint64_t bytes;
	atomic_size_t next;
	atomic_ullong done;
	atomic_bool stop;
	pthread_mutex_t lock; /* of what follows */
	size_t first_unread;
	oray_error unread;
	oray_error broken; /* what must not be taken for a tensor that cannot be read: memory ran out */
} measure_all;

static void fail(measure_all *all, size_t row, const oray_error *err)
{
	all->statistics[row].unread = true;
	pthread_mutex_lock(&all->lock);
	if (err && error_is_memory(err->code)) {
		all->broken = *err;
		atomic_store(&all->stop, true);
	}
	if (row < all->first_unread && err) {
		all->first_unread = row;
		all->unread = *err;
	}
	pthread_mutex_unlock(&all->lock);
}

static void measure_row(measure_all *all, size_t row)
{
	const oray_parameter *p = &all->list->tensors[row];
	oray_error err;
	if (p->tensor == ORAY_NONE)
		fail(all, row, NULL);
	else if (measure_as(all->list->model, p->tensor, all->how[row].packed, all->how[row].zero,
	                    &all->statistics[row], &err) != ORAY_OK)
		fail(all, row, &err);
	atomic_fetch_add(&all->done, p->bytes.value);
}

static void *help(void *context)
{
	measure_all *all = context;
	size_t row;
	while (!atomic_load(&all->stop) && (row = atomic_fetch_add(&all->next, 1)) < all->list->n)
		measure_row(all, row);
	return NULL;
}

/* What quantization says about the stored numbers. */
static void ask_encodings(measure_all *all)
{
	oray_quantization *q;
	const oray_model *model = all->list->model;
	size_t n = oray_model_describe(model)->n_tensors;
	if (oray_explain_quantization(model, &q, NULL) != ORAY_OK)
		return;
	size_t *row_of = q->n_encodings ? heap_get((n + 1) * sizeof *row_of) : NULL;
	for (size_t i = 0; row_of && i < n; i++)
		row_of[i] = SIZE_MAX;
	for (size_t i = 0; row_of && i < all->list->n; i++)
		if (all->list->tensors[i].tensor < n)
			row_of[all->list->tensors[i].tensor] = i;
	for (size_t i = 0; row_of && i < q->n_encodings; i++) {
		const oray_encoding *e = &q->encodings[i];
		if (e->tensor >= n || row_of[e->tensor] == SIZE_MAX || e->is_fake)
			continue;
		how *h = &all->how[row_of[e->tensor]];
		bool packed = e->packing == ORAY_PACK_NBITS || e->packing == ORAY_PACK_ROWS;
		if (packed && oray_type_bits(e->type) && oray_type_bits(e->type) < 8)
			h->packed = e->type;
		if (e->zero_point_min == e->zero_point_max) /* false for NAN */
			h->zero = e->zero_point_min;
	}
	heap_free(row_of);
	oray_quantization_free(q);
}

static oray_status run(measure_all *all, int (*progress)(void *, double), void *context,
                       oray_error *err)
{
	pthread_t helper;
	bool has_helper = all->bytes > ALONE && pthread_create(&helper, NULL, help, all) == 0;
	size_t row;
	while (!atomic_load(&all->stop) && (row = atomic_fetch_add(&all->next, 1)) < all->list->n) {
		measure_row(all, row);
		double done = (double)atomic_load(&all->done);
		if (progress && progress(context, all->bytes ? done / (double)all->bytes : 1))
			atomic_store(&all->stop, true);
	}
	if (has_helper)
		pthread_join(helper, NULL);
	if (all->broken.code) {
		if (err)
			*err = all->broken;
		return all->broken.code;
	}
	if (atomic_load(&all->stop))
		return error_set(err, ORAY_ERR_USAGE, ORAY_NO_OFFSET, NULL, "stopped");
	return ORAY_OK;
}

oray_status oray_measure_parameters(oray_parameter_list *list,
                                    int (*progress)(void *context, double done), void *context,
                                    oray_error *err)
{
	uint64_t failures = heap_failures();
	measure_all all = {.list = list, .first_unread = SIZE_MAX};
	all.statistics = heap_zeroed(list->n + 1, sizeof *all.statistics);
	all.how = heap_zeroed(list->n + 1, sizeof *all.how);
	oray_status status;
	if (all.statistics && all.how) {
		for (size_t i = 0; i < list->n; i++)
			if (list->tensors[i].bytes.value < UINT64_MAX - all.bytes)
				all.bytes += list->tensors[i].bytes.value;
		ask_encodings(&all);
		pthread_mutex_init(&all.lock, NULL);
		status = run(&all, progress, context, err);
		pthread_mutex_destroy(&all.lock);
		if (status == ORAY_OK && heap_failures() != failures)
			status = error_memory(err);
	} else {
		status = error_memory(err);
	}
	heap_free(all.how);
	if (status != ORAY_OK) {
		heap_free(all.statistics);
		return status;
	}
	heap_free((void *)list->statistics);
	list->statistics = all.statistics;
	if (err)
		*err = all.unread;
	return ORAY_OK;
}
