/* kulla evidence export: items with their custody, proofs and time stamps, as a bag that strangers can check. */
#include <stdio.h>

#include "evidence_options.h"
#include "package.h"

static enum err find_items(struct home_call *call, digest *ids, struct fault *f)
{
	struct evidence_register all = {0};
	struct evidence_item *item = NULL;
	enum err e = home_call_view(call, f);
	if (e == OK) e = evidence_register_read(&call->view, call->arena, &all, f);
	for (size_t i = 0; e == OK && i < call->arguments.n; i++) {
		e = evidence_find(&all, slice_from(call->arguments.items[i]), &item, f);
		if (e == OK) ids[i] = item->id;
	}
	return e;
}

static void tell(const struct package_written *w, const char *dir)
{
	char hex[DIGEST_HEX_BYTES + 1];
	put_visible(stdout, slice_from(dir));
	printf(": %llu files, %llu bytes, by entry %llu\n", (unsigned long long)w->files, (unsigned long long)w->bytes,
		(unsigned long long)w->place.index);
	printf("package sha256:%s\n", digest_hex(&w->bag, hex));
	if (w->texts_gone > 0)
		fprintf(stderr, "kulla: %llu texts are not in it: they were erased, their entries remain\n",
			(unsigned long long)w->texts_gone);
}

static void tell_cosigned(struct home_call *call)
{
	const struct storage *s = storage_of_folder(call->view.folder);
	struct buf note = {0};
	if (s->get(s->context, LEDGER_COSIGNED, NOTE_BYTES_MAX, &note, NULL) != OK)
		fputs("kulla: no witness has cosigned this ledger: its proofs stand on its own signature alone (kulla help witness "
		      "request)\n",
			stderr);
	buf_free(&note);
}

static enum err export_use(struct home_call *call, int *code, struct fault *f)
{
	(void)code;
	const struct home_options *o = &call->options;
	struct package_written written;
	if (o->out == NULL) return fault_set(f, ERR_USAGE, 0, 0, "where to? give --out DIR, a folder that is not there yet");
	if (o->evidence.reason == NULL || *o->evidence.reason == 0)
		return fault_set(f, ERR_USAGE, 0, 0, "what leaves needs its reason: give --reason TEXT");
	digest *ids = arena_array(call->arena, call->arguments.n, sizeof *ids);
	struct package_request q = {.items = ids,
		.items_n = (unsigned)call->arguments.n,
		.dir = o->out,
		.party = text_given(o->package.party),
		.reason = text_given(o->evidence.reason),
		.version = SLICE(KULLA_VERSION)};
	enum err e = find_items(call, ids, f);
	if (e == OK) e = package_export(&call->view, &q, &written, f);
	if (e == OK) tell(&written, o->out);
	if (e == OK) tell_cosigned(call);
	return e;
}

static int export_run(const struct command *c, int argc, char *const *argv)
{
	return home_call_run(c, argc, argv, 1, BAG_ITEMS_MAX, false, export_use);
}

static const struct option export_options[] = {{.name = "out",
						       .kind = OPTION_TEXT,
						       .place = offsetof(struct home_options, out),
						       .argument = "DIR",
						       .help = "the package: a folder that is not there yet"},
	{.name = "party",
		.kind = OPTION_TEXT,
		.place = offsetof(struct home_options, package.party),
		.argument = "TEXT",
		.help = "for whom it is"},
	REASON_OPTION, HOME_CALL_OPTION, {0}};
const struct command command_evidence_export = {
	.name = "evidence export",
	.summary = "a package that a court or an ally can check with stock tools",
	.usage = "ITEM… --out DIR --reason TEXT [--party TEXT] [--home DIR]",
	.text = "A BagIt bag (RFC 8493): the files, their manifest, every act of custody with a proof under the ledger's signed head, time "
		"stamps, and\n"
		"VERIFY.txt, which says how a stranger checks all of it with sha256sum, openssl and the script beside it. Every byte is "
		"verified "
		"while it is\n"
		"copied; the folder gets its name when it is whole, and when an entry says that it leaves. To hand an item over, offer it "
		"first: "
		"kulla\n"
		"evidence transfer ITEM --to NAME; the other side takes it in with kulla evidence import.\n",
	.examples = "  kulla evidence export 3f2a91c0 --out /media/usb/case-17 --party 'Prosecutor M. Leka' --reason 'trial'\n",
	.options = export_options,
	.run = export_run,
};
