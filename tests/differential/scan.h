/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.h - what is odd about the bytes of a model: the only reasons for which one reader may refuse
 * what the other accepts. Knows the wire format by itself, and fields by protobuf-c's descriptors.
 */
#ifndef DIFFERENTIAL_SCAN_H
#define DIFFERENTIAL_SCAN_H

#include <limits.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	ODD_GROUP = 1,      /**< groups: protobuf-c knows none */
	ODD_WIRE = 2,       /**< a known field with another wire type: unknown to us, an error there */
	ODD_HUGE = 4,       /**< a length above INT_MAX */
	ODD_PACKED = 8,     /**< a packed list with a number that is cut or too long */
	ODD_DIMS = 16,      /**< more dimensions than the library wants to see */
	ODD_AGAIN = 32,     /**< a singular message in pieces, which protobuf-c merges in its own way */
	ODD_BROKEN = 64     /**< a field that does not fit into its message */
};

enum { SCAN_DEEPEST = 1200, SCAN_DIMS = 1 << 16 };

typedef struct scan {
	unsigned odd;
	unsigned depth; /**< of messages and groups; the root has 0; stops at SCAN_DEEPEST */
} scan;

typedef struct scan_bytes {
	const uint8_t *p, *end;
} scan_bytes;

static bool scan_varint(scan_bytes *b, uint64_t *value)
{
	*value = 0;
	for (unsigned shift = 0; shift < 70 && b->p < b->end; shift += 7) {
		uint8_t byte = *b->p++;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return true;
	}
	return false;
}

static unsigned scan_wire(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
		return 5;
	case PROTOBUF_C_TYPE_DOUBLE:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return 1;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return 2;
	default:
		return 0;
	}
}

/* Takes the payload of a field; *body receives it for wire type 2. */
static bool scan_payload(scan *s, scan_bytes *b, unsigned wire, scan_bytes *body)
{
	uint64_t n;
	*body = (scan_bytes){b->p, b->p};
	if (wire == 0)
		return scan_varint(b, &n);
	if (wire == 3 || wire == 4)
		return true;
	if (wire == 2 ? !scan_varint(b, &n) : (n = wire == 1 ? 8 : wire == 5 ? 4 : UINT64_MAX, false))
		return false;
	if (wire == 2 && n > INT_MAX)
		s->odd |= ODD_HUGE;
	if (n > (uint64_t)(b->end - b->p))
		return false;
	*body = (scan_bytes){b->p, b->p + n};
	b->p += n;
	return true;
}

static bool scan_is_packable(const ProtobufCFieldDescriptor *f)
{
	return f->label == PROTOBUF_C_LABEL_REPEATED && scan_wire(f) != 2;
}

static bool scan_fits(const ProtobufCFieldDescriptor *f, scan_bytes body)
{
	uint64_t value;
	if (scan_wire(f) != 0)
		return (body.end - body.p) % (scan_wire(f) == 1 ? 8 : 4) == 0;
	while (body.p < body.end)
		if (!scan_varint(&body, &value))
			return false;
	return true;
}

static void scan_message(scan *s, const ProtobufCMessageDescriptor *d, scan_bytes b, unsigned depth)
{
	uint64_t tag;
	unsigned groups = 0, dims = 0;
	uint32_t given = 0;
	if (depth > s->depth)
		s->depth = depth;
	while (b.p < b.end && depth < SCAN_DEEPEST) {
		scan_bytes body;
		if (!scan_varint(&b, &tag) || !scan_payload(s, &b, tag & 7, &body)) {
			s->odd |= ODD_BROKEN;
			return;
		}
		unsigned wire = tag & 7;
		if (wire == 3 || wire == 4) {
			s->odd |= ODD_GROUP;
			groups = wire == 3 ? groups + 1 : groups ? groups - 1 : 0;
			if (depth + groups > s->depth)
				s->depth = depth + groups;
		}
		const ProtobufCFieldDescriptor *f =
		    groups || tag >> 3 > INT_MAX
		        ? NULL
		        : protobuf_c_message_descriptor_get_field(d, (unsigned)(tag >> 3));
		if (!f)
			continue;
		bool packed = wire == 2 && scan_is_packable(f);
		if (wire != scan_wire(f) && !packed)
			s->odd |= ODD_WIRE;
		else if (packed && !scan_fits(f, body))
			s->odd |= ODD_PACKED;
		if (f->id == 1 && scan_is_packable(f) && (dims += packed ? 1 + (unsigned)(body.end - body.p)
		                                                         : 1) > SCAN_DIMS)
			s->odd |= ODD_DIMS;
		if (f->type != PROTOBUF_C_TYPE_MESSAGE || wire != 2)
			continue;
		if (f->label != PROTOBUF_C_LABEL_REPEATED && f->id < 32) {
			s->odd |= given >> f->id & 1 ? ODD_AGAIN : 0;
			given |= UINT32_C(1) << f->id;
		}
		scan_message(s, f->descriptor, body, depth + 1);
	}
}

static scan scan_model(const ProtobufCMessageDescriptor *d, const uint8_t *bytes, size_t size)
{
	scan s = {0};
	scan_message(&s, d, (scan_bytes){bytes, bytes + size}, 0);
	return s;
}

#endif
