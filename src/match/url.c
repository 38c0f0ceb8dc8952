/* URLs as they are compared. A normal form without a scheme keeps its port, as nobody knows what is the default; so two URLs are equal
 * when they are under one scheme: the one that either states, or, where neither does, any (decision 0003, 7). */
#include "shape_int.h"

static const struct {
	slice scheme, port;
} default_ports[] = {
	{SLICE("http"), SLICE("80")},
	{SLICE("https"), SLICE("443")},
	{SLICE("ftp"), SLICE("21")},
	{SLICE("ws"), SLICE("80")},
	{SLICE("wss"), SLICE("443")},
};

slice url_default_port(slice scheme)
{
	for (size_t i = 0; i < sizeof default_ports / sizeof *default_ports; i++)
		if (slice_equal(scheme, default_ports[i].scheme)) return default_ports[i].port;
	return (slice){0};
}

static bool is_default(slice port)
{
	for (size_t i = 0; i < sizeof default_ports / sizeof *default_ports; i++)
		if (slice_equal(port, default_ports[i].port)) return true;
	return false;
}

slice url_cut_scheme(slice *value)
{
	size_t n = 0;
	while (n < value->n && (shape_is_alnum(value->p[n]) || value->p[n] == '+' || value->p[n] == '-' || value->p[n] == '.')) n++;
	if (!slice_starts(slice_sub(*value, n, 3), SLICE("://"))) return (slice){0};
	slice scheme = slice_sub(*value, 0, n);
	*value = slice_sub(*value, n + 3, value->n);
	return scheme;
}

struct parts {
	slice host, port, rest;
};

static struct parts parts_of(slice normal)
{
	size_t slash = slice_find_byte(normal, '/'), digits = slash;
	while (digits > 0 && shape_is_digit(normal.p[digits - 1])) digits--;
	bool port = digits > 0 && digits < slash && normal.p[digits - 1] == ':';
	return (struct parts){.host = slice_sub(normal, 0, port ? digits - 1 : slash),
		.port = port ? slice_sub(normal, digits, slash - digits) : (slice){0},
		.rest = slice_sub(normal, slash, normal.n)};
}

bool url_without_port(struct arena *a, slice normal, slice *out)
{
	struct parts p = parts_of(normal);
	if (!is_default(p.port)) return false;
	*out = arena_join(a, p.host, p.rest);
	return true;
}

bool url_equal(slice x_scheme, slice x, slice y_scheme, slice y)
{
	if (x_scheme.n > 0 && y_scheme.n > 0 && !slice_equal(x_scheme, y_scheme)) return false;
	if (slice_equal(x, y)) return true;
	struct parts p = parts_of(x), q = parts_of(y);
	if (!slice_equal(p.host, q.host) || !slice_equal(p.rest, q.rest) || (p.port.n > 0) == (q.port.n > 0)) return false;
	slice port = p.port.n > 0 ? p.port : q.port, scheme = x_scheme.n > 0 ? x_scheme : y_scheme;
	return scheme.n > 0 ? slice_equal(port, url_default_port(scheme)) : is_default(port);
}
