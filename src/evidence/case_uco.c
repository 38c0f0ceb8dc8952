/* Nodes of the graph, one function each. A node's id is a UUID over what it is and of which item; nothing is a blank node (UCO forbids it).
 */
#include "case_uco.h"

#include <stdio.h>

#include "json.h"

#define UUID_BYTES 37
#define URN "urn:uuid:"

struct graph {
	struct buf *b;
	const struct case_package *package;
	const struct case_item *item;
	bool first; /* no node yet */
};

/* RFC 9562 5.5 in form (name-based); over SHA-256, of which it keeps 122 bits. */
static const char *uuid_of(const digest *item, const char *what, slice which, char out[UUID_BYTES])
{
	struct digest_stream s;
	digest_start(&s);
	digest_add(&s, SLICE("kulla/case/"));
	if (item != NULL) digest_add(&s, digest_slice(item));
	digest_add(&s, slice_of(what, strlen(what) + 1));
	digest_add(&s, which);
	digest d = digest_end(&s);
	d.b[6] = (uint8_t)((d.b[6] & 0x0f) | 0x50);
	d.b[8] = (uint8_t)((d.b[8] & 0x3f) | 0x80);
	size_t n = 0;
	for (int i = 0; i < 16; i++)
		n += (size_t)snprintf(out + n, UUID_BYTES - n, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", d.b[i]);
	return out;
}

static slice number(uint64_t n, char out[24])
{
	return slice_of(out, (size_t)snprintf(out, 24, "%llu", (unsigned long long)n));
}

/* ---- members ---- */
static void put_id(struct graph *g, const digest *item, const char *what, slice which)
{
	char uuid[UUID_BYTES];
	buf_printf(g->b, "\"@id\":\"" URN "%s\"", uuid_of(item, what, which, uuid));
}

static void put_ref(struct graph *g, const char *key, const digest *item, const char *what, slice which)
{
	json_put_key(g->b, key);
	buf_add_byte(g->b, '{');
	put_id(g, item, what, which);
	buf_add_byte(g->b, '}');
}

static void put_text(struct graph *g, const char *key, slice text)
{
	if (text.n > 0) json_put_member_text(g->b, key, text);
}

static void put_time(struct graph *g, const char *key, instant t)
{
	char text[INSTANT_TEXT_BYTES];
	if (t == INSTANT_NONE) return;
	json_put_key(g->b, key);
	buf_printf(g->b, "{\"@type\":\"xsd:dateTime\",\"@value\":\"%s\"}", instant_format(t, 6, text));
}

static void node_open(struct graph *g, const digest *item, const char *what, slice which, const char *type)
{
	buf_add_text(g->b, g->first ? "\n{" : ",\n{");
	g->first = false;
	put_id(g, item, what, which);
	json_put_member_text(g->b, "@type", slice_from(type));
}

static void node_close(struct graph *g)
{
	buf_add_byte(g->b, '}');
}

/* ---- files ---- */
static void put_hash(struct graph *g, const char *method, slice bytes, const char *line)
{
	char which[64];
	if (bytes.n == 0) return;
	if (g->b->p[g->b->n - 1] != '[') buf_add_byte(g->b, ',');
	(void)snprintf(which, sizeof which, "%s/%s", line, method);
	buf_add_byte(g->b, '{');
	put_id(g, &g->item->id, "hash", slice_from(which));
	json_put_member_text(g->b, "@type", SLICE("uco-types:Hash"));
	json_put_member_text(g->b, "uco-types:hashMethod", slice_from(method));
	json_put_key(g->b, "uco-types:hashValue");
	buf_add_text(g->b, "{\"@type\":\"xsd:hexBinary\",\"@value\":\"");
	for (size_t i = 0; i < bytes.n; i++) buf_printf(g->b, "%02X", bytes.p[i]);
	buf_add_text(g->b, "\"}}");
}

static void put_file_facet(struct graph *g, const struct bag_named *n, slice line)
{
	slice name = n->file.name;
	for (size_t i = 0; i < n->file.name.n; i++)
		if (n->file.name.p[i] == '/') name = slice_sub(n->file.name, i + 1, SIZE_MAX);
	buf_add_byte(g->b, '{');
	put_id(g, &g->item->id, "file-facet", line);
	json_put_member_text(g->b, "@type", SLICE("uco-observable:FileFacet"));
	json_put_member_text(g->b, "uco-observable:fileName", name);
	json_put_member_text(g->b, "uco-observable:filePath", n->file.name);
	put_time(g, "uco-observable:accessedTime", n->file.accessed);
	put_time(g, "uco-observable:metadataChangeTime", n->file.changed);
	put_time(g, "uco-observable:modifiedTime", n->file.modified);
	json_put_member_bool(g->b, "uco-observable:isDirectory", false);
	json_put_member_int(g->b, "uco-observable:sizeInBytes", (int64_t)n->file.bytes);
	buf_add_byte(g->b, '}');
}

static void put_content_facet(struct graph *g, const struct bag_named *n, slice line)
{
	buf_add_byte(g->b, '{');
	put_id(g, &g->item->id, "content-facet", line);
	json_put_member_text(g->b, "@type", SLICE("uco-observable:ContentDataFacet"));
	put_text(g, "uco-observable:mimeType", n->file.type);
	json_put_member_int(g->b, "uco-observable:sizeInBytes", (int64_t)n->file.bytes);
	json_put_key(g->b, "uco-observable:hash");
	buf_add_byte(g->b, '[');
	put_hash(g, "SHA256", digest_slice(&n->file.blob), (const char *)line.p);
	put_hash(g, "SHA512", n->file.sha512, (const char *)line.p);
	put_hash(g, "SHA1", n->file.sha1, (const char *)line.p);
	put_hash(g, "MD5", n->file.md5, (const char *)line.p);
	buf_add_text(g->b, "]}");
}

static void put_file(struct graph *g, const struct bag_named *n)
{
	char room[24];
	slice line = number(n->line, room);
	node_open(g, &g->item->id, "file", line, "uco-observable:File");
	put_text(g, "uco-core:description", n->path); /* where it lies in the package */
	json_put_key(g->b, "uco-core:hasFacet");
	buf_add_byte(g->b, '[');
	put_file_facet(g, n, line);
	buf_add_byte(g->b, ',');
	put_content_facet(g, n, line);
	buf_add_byte(g->b, ']');
	node_close(g);
}

/* ---- the exhibit ---- */
static void put_record(struct graph *g)
{
	const struct manifest_head *h = &g->item->names->head;
	char hex[DIGEST_HEX_BYTES + 1], room[24];
	slice exhibit = h->exhibit.n > 0 ? h->exhibit : slice_of(digest_hex(&g->item->id, hex), BAG_ITEM_DIGITS);
	(void)digest_hex(&g->item->id, hex);
	node_open(g, &g->item->id, "record", (slice){0}, "case-investigation:ProvenanceRecord");
	json_put_key(g->b, "uco-core:name");
	buf_printf(g->b, "\"evidence item sha256:%s\"", hex);
	put_text(g, "uco-core:description", h->notes);
	put_time(g, "uco-core:objectCreatedTime", h->ended);
	json_put_member_text(g->b, "case-investigation:exhibitNumber", exhibit);
	if (h->form == ITEM_ORIGINAL) json_put_member_text(g->b, "case-investigation:rootExhibitNumber", exhibit);
	json_put_key(g->b, "uco-core:object");
	buf_add_byte(g->b, '[');
	for (size_t i = 0; i < g->item->names->n; i++) {
		buf_add_text(g->b, i == 0 ? "{" : ",{");
		put_id(g, &g->item->id, "file", number(g->item->names->files[i].line, room));
		buf_add_byte(g->b, '}');
	}
	buf_add_byte(g->b, ']');
	node_close(g);
}

/* ---- who and where: a node for each name that an item's acts have ---- */
static void put_named(struct graph *g, const char *what, const char *type, slice name)
{
	if (name.n == 0) return;
	node_open(g, &g->item->id, what, name, type);
	json_put_member_text(g->b, strcmp(what, "authority") == 0 ? "case-investigation:authorizationIdentifier" : "uco-core:name", name);
	node_close(g);
}

/* A name that was met before has its node. */
static bool met_before(const struct case_item *item, unsigned act, slice name)
{
	if (slice_equal(name, item->names->head.collector)) return true;
	for (unsigned i = 0; i < act; i++)
		if (slice_equal(name, item->acts[i].by) || slice_equal(name, item->acts[i].party)) return true;
	return false;
}

static bool place_before(const struct case_item *item, unsigned act, slice name)
{
	if (slice_equal(name, item->names->head.place)) return true;
	for (unsigned i = 0; i < act; i++)
		if (slice_equal(name, item->acts[i].place)) return true;
	return false;
}

static void put_people(struct graph *g)
{
	const struct case_item *item = g->item;
	put_named(g, "identity", "uco-identity:Identity", item->names->head.collector);
	put_named(g, "location", "uco-location:Location", item->names->head.place);
	for (unsigned i = 0; i < item->acts_n; i++) {
		const struct case_act *a = &item->acts[i];
		if (!met_before(item, i, a->by)) put_named(g, "identity", "uco-identity:Identity", a->by);
		if (!met_before(item, i, a->party) && !slice_equal(a->by, a->party))
			put_named(g, "identity", "uco-identity:Identity", a->party);
		if (!place_before(item, i, a->place)) put_named(g, "location", "uco-location:Location", a->place);
	}
}

static bool authority_before(const struct case_item *item, unsigned act, slice name)
{
	if (slice_equal(name, item->names->head.authority)) return true;
	for (unsigned i = 0; i < act; i++)
		if (slice_equal(name, item->acts[i].authority)) return true;
	return false;
}

/* The case, with every authority that acts name. */
static void put_case(struct graph *g)
{
	const struct case_item *item = g->item;
	struct buf refs = {0};
	char uuid[UUID_BYTES];
	for (unsigned i = 0; i <= item->acts_n; i++) {
		slice name = i == 0 ? item->names->head.authority : item->acts[i - 1].authority;
		if (name.n == 0 || (i > 0 && authority_before(item, i - 1, name))) continue;
		put_named(g, "authority", "case-investigation:Authorization", name);
		buf_printf(&refs, "%s{\"@id\":\"" URN "%s\"}", refs.n == 0 ? "" : ",", uuid_of(&item->id, "authority", name, uuid));
	}
	node_open(g, &item->id, "case", (slice){0}, "case-investigation:Investigation");
	json_put_member_text(g->b, "uco-core:name", item->names->head.case_name);
	if (refs.n > 0) {
		json_put_key(g->b, "case-investigation:relevantAuthorization");
		buf_printf(g->b, "[%.*s]", (int)refs.n, (const char *)refs.p);
	}
	put_ref(g, "uco-core:object", &item->id, "record", (slice){0});
	node_close(g);
	buf_free(&refs);
}

/* ---- what was done ---- */
static void put_party(struct graph *g, const char *key, slice name)
{
	if (name.n > 0) put_ref(g, key, &g->item->id, "identity", name);
}

static void put_sealing(struct graph *g)
{
	const struct manifest_head *h = &g->item->names->head;
	node_open(g, &g->item->id, "action", SLICE("seal"), "case-investigation:InvestigativeAction");
	json_put_member_text(g->b, "uco-core:name", SLICE("seal"));
	put_text(g, "uco-core:description", h->reason);
	put_time(g, "uco-action:startTime", h->began);
	put_time(g, "uco-action:endTime", h->ended);
	json_put_member_text(g->b, "uco-action:actionStatus", SLICE("Success"));
	put_party(g, "uco-action:performer", h->collector);
	put_ref(g, "uco-action:instrument", NULL, "tool", g->package->version);
	if (h->place.n > 0) put_ref(g, "uco-action:location", &g->item->id, "location", h->place);
	put_ref(g, "uco-action:result", &g->item->id, "record", (slice){0});
	node_close(g);
}

static void put_act(struct graph *g, unsigned at)
{
	const struct case_act *a = &g->item->acts[at];
	char room[24], before[24];
	node_open(g, &g->item->id, "action", number(a->entry, room), "case-investigation:InvestigativeAction");
	json_put_member_text(g->b, "uco-core:name", slice_from(custody_act_text(a->act)));
	put_text(g, "uco-core:description", a->reason);
	put_text(g, "uco-core:tag", a->seal);
	put_time(g, "uco-action:startTime", a->at);
	put_time(g, "uco-action:endTime", a->at);
	json_put_member_text(g->b, "uco-action:actionStatus", a->done ? SLICE("Success") : SLICE("Fail"));
	put_party(g, "uco-action:performer", a->by);
	put_party(g, "uco-action:participant", a->party);
	put_ref(g, "uco-action:instrument", NULL, "tool", g->package->version);
	if (a->place.n > 0) put_ref(g, "uco-action:location", &g->item->id, "location", a->place);
	put_ref(g, "uco-action:object", &g->item->id, "record", (slice){0});
	put_ref(g, "case-investigation:wasInformedBy", &g->item->id, "action",
		at == 0 ? SLICE("seal") : number(g->item->acts[at - 1].entry, before));
	node_close(g);
}

static void put_item(struct graph *g)
{
	put_case(g);
	put_people(g);
	put_sealing(g);
	for (unsigned i = 0; i < g->item->acts_n; i++) put_act(g, i);
	put_record(g);
	for (size_t i = 0; i < g->item->names->n; i++) put_file(g, &g->item->names->files[i]);
}

#define CASE_BASE "https://ontology.caseontology.org/case/"
#define UCO_BASE "https://ontology.unifiedcyberontology.org/uco/"
static const char CONTEXT[] = "{\"@context\":{"
			      "\"case-investigation\":\"" CASE_BASE "investigation/\","
			      "\"uco-action\":\"" UCO_BASE "action/\","
			      "\"uco-core\":\"" UCO_BASE "core/\","
			      "\"uco-identity\":\"" UCO_BASE "identity/\","
			      "\"uco-location\":\"" UCO_BASE "location/\","
			      "\"uco-observable\":\"" UCO_BASE "observable/\","
			      "\"uco-tool\":\"" UCO_BASE "tool/\","
			      "\"uco-types\":\"" UCO_BASE "types/\","
			      "\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"},\n\"@graph\":[";

void case_uco_put(struct buf *b, const struct case_package *p)
{
	struct graph g = {.b = b, .package = p, .first = true};
	buf_add_text(b, CONTEXT);
	node_open(&g, NULL, "institution", p->origin, "uco-identity:Organization");
	put_text(&g, "uco-core:name", p->origin);
	node_close(&g);
	node_open(&g, NULL, "tool", p->version, "uco-tool:Tool");
	json_put_member_text(b, "uco-core:name", SLICE("Kulla"));
	put_text(&g, "uco-tool:version", p->version);
	node_close(&g);
	for (unsigned i = 0; i < p->items_n; i++) {
		g.item = &p->items[i];
		put_item(&g);
	}
	buf_add_text(b, "\n]}\n");
}
