/* JSON in: libsimdjson's DOM behind a C interface; the one C++ file.
 * A json_value is the document and a place on its tape (simdjson's doc/tape.md), so nothing is allocated per call:
 *  1. arrays and objects hold, in their first word, the place behind their end;
 *  2. integers and doubles take two words, everything else one;
 *  3. a string's word points to its length (32 bits) and its bytes in the document's string buffer. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" /* compound literals in the C headers */
#pragma GCC diagnostic ignored "-Wshadow"   /* struct json_iter and json_iter() */
extern "C" {
#include "json_int.h"
}
#pragma GCC diagnostic pop

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <simdjson.h>
#pragma GCC diagnostic pop

using simdjson::dom::document;
using simdjson::internal::tape_ref;
using simdjson::internal::tape_type;

static_assert(JSON_PADDING >= simdjson::SIMDJSON_PADDING, "the padding promised to callers");

struct json_parser {
	simdjson::dom::parser parser;
	document doc;
	uint8_t *copy;
	size_t copy_room;
};

static tape_ref ref_of(json_value v)
{
	return tape_ref(static_cast<const document *>(v.doc), v.at);
}

static slice text_of(tape_ref r)
{
	return slice_of(r.get_c_str(), r.get_string_length());
}

extern "C" struct json_parser *json_parser_new(void)
{
	json_parser *p = new (std::nothrow) json_parser();

	if (p == nullptr) {
		fputs("out of memory: JSON parser\n", stderr);
		std::_Exit(2);
	}
	return p;
}

extern "C" void json_parser_free(struct json_parser *p)
{
	if (p == nullptr) return;
	std::free(p->copy);
	delete p;
}

/* Room for n bytes of text; grows by doubling, so that a rising series of lengths does not allocate each time. */
static simdjson::error_code room_make(json_parser *p, size_t n)
{
	if (p->doc.capacity() >= n && p->parser.capacity() >= n && p->parser.capacity() > 0) return simdjson::SUCCESS;
	size_t room = 2 * p->doc.capacity();

	if (room < n) room = n;
	if (room < 4096) room = 4096;
	if (room > simdjson::SIMDJSON_MAXSIZE_BYTES) room = simdjson::SIMDJSON_MAXSIZE_BYTES;
	if (n > room) return simdjson::CAPACITY;
	auto e = p->doc.allocate(room);
	if (e != simdjson::SUCCESS) return e;
	return p->parser.allocate(room, JSON_DEPTH_MAX + 1);
}

/* A lone surrogate that the library let pass stands as ED A0-BF in the decoded text. */
static bool surrogates_found(slice text, const document &doc)
{
	if (slice_find(text, slice_from("\\u")) == text.n) return false;
	size_t end = static_cast<size_t>(doc.tape[0] & simdjson::internal::JSON_VALUE_MASK);

	for (size_t at = 1; at + 1 < end;) {
		tape_ref r(&doc, at);
		tape_type type = r.tape_ref_type();
		if (type == tape_type::STRING) {
			slice s = text_of(r);
			while (s.n > 1) {
				size_t i = slice_find_byte(s, 0xED);
				if (i + 1 < s.n && s.p[i + 1] >= 0xA0) return true;
				s = slice_sub(s, i + 1, SIZE_MAX);
			}
		}
		at += type == tape_type::INT64 || type == tape_type::UINT64 || type == tape_type::DOUBLE ? 2 : 1;
	}
	return false;
}

static uint64_t line_at(slice text, uint64_t offset)
{
	uint64_t line = 1;

	for (size_t i = 0; i < offset && i < text.n; i++) line += text.p[i] == '\n';
	return line;
}

static enum err refused(simdjson::error_code e, slice text, struct fault *f)
{
	uint64_t offset = 0;
	const char *why = simdjson::error_message(e);

	if (e == simdjson::MEMALLOC) {
		fputs("out of memory: JSON parser\n", stderr);
		std::_Exit(2);
	}
	if (e == simdjson::CAPACITY) return fault_set(f, ERR_LIMIT, 0, 0, "a JSON document of %zu bytes is beyond the limit of 4 GiB", text.n);
	if (e == simdjson::DEPTH_ERROR) return fault_set(f, ERR_LIMIT, 0, 0, "JSON is nested deeper than JSON_DEPTH_MAX, %d", JSON_DEPTH_MAX);
	if (f == nullptr) return ERR_SYNTAX;
	bool found = json_locate(text, &offset, &why);
	return fault_set(f, ERR_SYNTAX, found ? line_at(text, offset) : 0, offset, "RFC 8259: %s", why);
}

extern "C" enum err json_parse_padded(struct json_parser *p, slice text, json_value *root, struct fault *f)
{
	simdjson::error_code e = room_make(p, text.n);

	if (e == simdjson::SUCCESS && text.n == 0) e = simdjson::EMPTY;
	if (e == simdjson::SUCCESS) e = p->parser.parse_into_document(p->doc, text.p, text.n, false).error();
	if (e == simdjson::SUCCESS && surrogates_found(text, p->doc)) e = simdjson::STRING_ERROR;
	if (e != simdjson::SUCCESS) return refused(e, text, f);
	*root = json_value{&p->doc, 1};
	return OK;
}

extern "C" enum err json_parse(struct json_parser *p, slice text, json_value *root, struct fault *f)
{
	if (text.n > simdjson::SIMDJSON_MAXSIZE_BYTES) return refused(simdjson::CAPACITY, text, f);
	if (p->copy_room < text.n + JSON_PADDING) {
		size_t room = text.n + text.n / 2 + 4096;

		std::free(p->copy);
		p->copy = static_cast<uint8_t *>(mem_alloc(room));
		p->copy_room = room;
	}
	if (text.n != 0) std::memcpy(p->copy, text.p, text.n);
	std::memset(p->copy + text.n, ' ', JSON_PADDING);
	return json_parse_padded(p, slice_of(p->copy, text.n), root, f);
}

static enum json_type type_of(tape_type t)
{
	switch (t) {
	case tape_type::START_ARRAY: return JSON_ARRAY;
	case tape_type::START_OBJECT: return JSON_OBJECT;
	case tape_type::STRING: return JSON_STRING;
	case tape_type::INT64: return JSON_INTEGER;
	case tape_type::UINT64: return JSON_UNSIGNED;
	case tape_type::DOUBLE: return JSON_DOUBLE;
	case tape_type::TRUE_VALUE:
	case tape_type::FALSE_VALUE: return JSON_BOOL;
	default: return JSON_NULL;
	}
}

extern "C" enum json_type json_type_of(json_value v)
{
	return type_of(ref_of(v).tape_ref_type());
}

extern "C" bool json_get_text(json_value v, slice *out)
{
	tape_ref r = ref_of(v);

	if (r.tape_ref_type() != tape_type::STRING) return false;
	*out = text_of(r);
	return true;
}

extern "C" bool json_get_int(json_value v, int64_t *out)
{
	tape_ref r = ref_of(v);

	if (!r.is_int64()) return false;
	*out = r.next_tape_value<int64_t>();
	return true;
}

extern "C" bool json_get_double(json_value v, double *out)
{
	tape_ref r = ref_of(v);

	if (r.is_double()) *out = r.next_tape_value<double>();
	else if (r.is_int64()) *out = static_cast<double>(r.next_tape_value<int64_t>());
	else if (r.is_uint64()) *out = static_cast<double>(r.next_tape_value<uint64_t>());
	else return false;
	return true;
}

extern "C" bool json_get_bool(json_value v, bool *out)
{
	tape_ref r = ref_of(v);

	if (!r.is_true() && !r.is_false()) return false;
	*out = r.is_true();
	return true;
}

extern "C" bool json_member(json_value v, const char *key, json_value *out)
{
	slice want = slice_from(key);
	struct json_iter i = json_iter(v);

	if (!i.object) return false;
	while (json_next(&i)) {
		if (!slice_equal(i.key, want)) continue;
		*out = i.value;
		return true;
	}
	return false;
}

extern "C" bool json_member_text(json_value v, const char *key, slice *out)
{
	json_value member;

	return json_member(v, key, &member) && json_get_text(member, out);
}

extern "C" struct json_iter json_iter(json_value v)
{
	tape_ref r = ref_of(v);
	tape_type type = r.tape_ref_type();
	struct json_iter i = {};

	i.doc = v.doc;
	if (type != tape_type::START_ARRAY && type != tape_type::START_OBJECT) return i;
	i.object = type == tape_type::START_OBJECT;
	i.at = v.at + 1;
	i.end = r.matching_brace_index() - 1;
	return i;
}

extern "C" bool json_next(struct json_iter *i)
{
	if (i->at >= i->end) return false;
	if (i->object) {
		i->key = text_of(ref_of(json_value{i->doc, i->at}));
		i->at++;
	}
	i->value = json_value{i->doc, i->at};
	i->at = ref_of(i->value).after_element();
	return true;
}

namespace {
/* The path of the walk: a few hundred bytes on the stack, the heap only beyond. */
class path_text {
public:
	size_t n = 0;
	path_text() = default;
	path_text(const path_text &) = delete;
	path_text &operator=(const path_text &) = delete;
	~path_text() { std::free(heap); }
	void add_key(slice key)
	{
		make_room(key.n + 1);
		if (n != 0) bytes()[n++] = '.';
		if (key.n != 0) std::memcpy(bytes() + n, key.p, key.n);
		n += key.n;
	}
	slice text() { return slice_of(bytes(), n); }

private:
	uint8_t small[512];
	uint8_t *heap = nullptr;
	size_t room = sizeof small;

	uint8_t *bytes() { return heap != nullptr ? heap : small; }
	void make_room(size_t more)
	{
		if (more <= room - n) return;
		room = 2 * (room + more);
		uint8_t *next = static_cast<uint8_t *>(mem_resize(heap, room));
		if (heap == nullptr) std::memcpy(next, small, n);
		heap = next;
	}
};

struct walk_frame {
	size_t path_n;
	bool object;
};
}

extern "C" void json_walk(json_value root, json_visit *visit, void *context)
{
	walk_frame frames[JSON_DEPTH_MAX + 2];
	size_t depth = 0, at = root.at;
	path_text path;

	do {
		tape_ref r = ref_of(json_value{root.doc, at});
		tape_type type = r.tape_ref_type();
		if (type == tape_type::END_ARRAY || type == tape_type::END_OBJECT) {
			depth--;
			at++;
			continue;
		}
		if (depth > 0) path.n = frames[depth - 1].path_n;
		if (depth > 0 && frames[depth - 1].object) {
			slice key = text_of(r);
			struct json_scalar s = {path.text(), key, {root.doc, at}, JSON_STRING, true};
			if (!visit(context, &s)) return;
			path.add_key(key);
			r = ref_of(json_value{root.doc, ++at});
			type = r.tape_ref_type();
		}
		if (type == tape_type::START_ARRAY || type == tape_type::START_OBJECT) {
			frames[depth++] = walk_frame{path.n, type == tape_type::START_OBJECT};
			at++;
			continue;
		}
		struct json_scalar s = {path.text(), {nullptr, 0}, {root.doc, at}, type_of(type), false};
		if (type == tape_type::STRING) s.text = text_of(r);
		if (!visit(context, &s)) return;
		at = r.after_element();
	} while (depth > 0);
}

extern "C" int json_shortest(double v, char digits[JSON_DIGITS_MAX + 1], int *exponent)
{
	char text[40];
	auto end = std::to_chars(text, text + sizeof text, v < 0 ? -v : v, std::chars_format::scientific).ptr;
	const char *p = text;
	int n = 0, e = 0;

	for (; p < end && *p != 'e'; p++)
		if (*p != '.' && n < JSON_DIGITS_MAX) digits[n++] = *p;
	bool negative = p + 1 < end && p[1] == '-';
	for (p += 2; p < end; p++) e = e * 10 + (*p - '0');
	digits[n] = 0;
	*exponent = (negative ? -e : e) + 1;
	return n;
}

extern "C" bool json_nearest(slice text, double *out)
{
	const char *begin = reinterpret_cast<const char *>(text.p), *end = begin + text.n;
	double v;
	auto read = std::from_chars(begin, end, v);

	if (read.ec != std::errc() || read.ptr != end) return false;
	*out = v;
	return true;
}
