/* A whole custody form, as an exhibit of an exercise might have it: three scripts, digests, a table longer than its page. */
#ifndef TEST_DOCUMENT_SAMPLE_H
#define TEST_DOCUMENT_SAMPLE_H
#include "document.h"

#define SAMPLE_TIME INT64_C(1772505380000000) /* 2026-03-03T02:36:20Z */
#define SAMPLE_DIGEST "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define SAMPLE_ARABIC "د. ليلى المنصوري"
#define SAMPLE_CYRILLIC "Оксана Шевченко"
#define SAMPLE_ALBANIAN "Arbër Çelaj"

static inline struct document_head sample_head(void)
{
	return (struct document_head){.title = SLICE("Custody form"),
		.subtitle = SLICE("Evidence item KU-2026-0147 of case HJ-2026-03, exhibit 7"),
		.author = SLICE("National Cyber Security Authority of Arberia"),
		.footer = SLICE("KU-2026-0147 · ledger arberia.example/ledger, entry 48 213"),
		.marking = TLP_AMBER_STRICT,
		.created = SAMPLE_TIME};
}

static inline void sample_item(struct document *d)
{
	const struct document_pair pairs[] = {
		{SLICE("Item"), SLICE("KU-2026-0147"), DOCUMENT_STRONG},
		{SLICE("Case"), SLICE("HJ-2026-03"), DOCUMENT_PLAIN},
		{SLICE("Kind"), SLICE("original"), DOCUMENT_PLAIN},
		{SLICE("Secured"), SLICE("2026-03-02T21:14:07Z"), DOCUMENT_PLAIN},
		{SLICE("Collected by"), SLICE(SAMPLE_ALBANIAN ", Agjencia për Shoqërinë e Informacionit"), DOCUMENT_PLAIN},
		{SLICE("Authority"), SLICE("قرار المحكمة رقم ٤١٢ لسنة ٢٠٢٦ (Gjykata e Tiranës, 412/2026)"), DOCUMENT_PLAIN},
		{SLICE("Reason"), SLICE("Disk wiper on the file server of the registry; volume secured before it was rebuilt."),
			DOCUMENT_PLAIN},
		{SLICE("Source"), SLICE("FIN-WS04.ministry.example, Samsung PM9A3 1.92 TB, S/N S6GENE0R700131"), DOCUMENT_PLAIN},
		{SLICE("Seal number"), SLICE("A-0093 417"), DOCUMENT_PLAIN},
		{SLICE("Manifest, SHA-256"), SLICE(SAMPLE_DIGEST), DOCUMENT_MONO},
	};
	document_heading(d, SLICE("The item"));
	document_pairs(d, pairs, sizeof pairs / sizeof *pairs);
}

static inline void sample_files(struct document *d)
{
	const struct document_column columns[] = {
		{SLICE("No."), 5, DOCUMENT_NUMBER},
		{SLICE("File"), 30, DOCUMENT_PLAIN},
		{SLICE("Bytes"), 20, DOCUMENT_NUMBER},
		{SLICE("SHA-256"), 45, DOCUMENT_MONO},
	};
	const struct document_cell rows[][4] = {
		{{SLICE("1"), SLICE("")}, {SLICE("disk0.raw"), SLICE("raw disk image, with holes")},
			{SLICE("1 920 383 410 176"), SLICE("")}, {SLICE(SAMPLE_DIGEST), SLICE("")}},
		{{SLICE("2"), SLICE("")}, {SLICE("журнал подій 02-03.evtx"), SLICE("Windows event log")}, {SLICE("20 975 616"), SLICE("")},
			{SLICE("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"), SLICE("")}},
		{{SLICE("3"), SLICE("")}, {SLICE("تقرير الحادث.pdf"), SLICE("as the ministry received it")}, {SLICE("418 220"), SLICE("")},
			{SLICE("fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9"), SLICE("")}},
	};
	document_heading(d, SLICE("Files"));
	document_table(d, columns, 4);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) document_row(d, rows[i], 4);
}

static inline void sample_custody(struct document *d)
{
	const struct document_column columns[] = {
		{SLICE("When (UTC)"), 20, DOCUMENT_PLAIN},
		{SLICE("What"), 14, DOCUMENT_STRONG},
		{SLICE("Who"), 25, DOCUMENT_PLAIN},
		{SLICE("Where, why"), 28, DOCUMENT_PLAIN},
		{SLICE("Digest after"), 14, DOCUMENT_PLAIN},
	};
	const struct document_cell rows[][5] = {
		{{SLICE("2026-03-02 21:14:07"), SLICE("entry 47 002")}, {SLICE("sealed"), SLICE("")},
			{SLICE(SAMPLE_ALBANIAN), SLICE("collector, AKSHI")},
			{SLICE("Tiranë, server room 2"), SLICE("court order 412/2026")}, {SLICE("taken"), SLICE("")}},
		{{SLICE("2026-03-02 22:40:51"), SLICE("entry 47 019")}, {SLICE("transferred"), SLICE("seal A-0093 417")},
			{SLICE(SAMPLE_ALBANIAN), SLICE("to " SAMPLE_CYRILLIC)},
			{SLICE("Tiranë, AKSHI, evidence store"), SLICE("laboratory examination")},
			{SLICE("the same"), SLICE("both signed")}},
		{{SLICE("2026-03-02 23:05:10"), SLICE("entry 47 021")}, {SLICE("received"), SLICE("")},
			{SLICE(SAMPLE_CYRILLIC), SLICE("лабораторія цифрової криміналістики")},
			{SLICE("Київ, вул. Солом’янська 13"), SLICE("")}, {SLICE("the same"), SLICE("")}},
		{{SLICE("2026-03-03 00:12:00"), SLICE("entry 47 533")}, {SLICE("copied"), SLICE("working copy KU-2026-0148")},
			{SLICE(SAMPLE_CYRILLIC), SLICE("")}, {SLICE("лабораторія, стенд 4"), SLICE("examination of the file system")},
			{SLICE("the same"), SLICE("")}},
		{{SLICE("2026-03-03 01:30:44"), SLICE("entry 47 801")}, {SLICE("access denied"), SLICE("rule: not the holder")},
			{SLICE(SAMPLE_ARABIC), SLICE("فريق الاستجابة للحوادث")}, {SLICE("الرياض"), SLICE("asked to open the original")},
			{SLICE("not read"), SLICE("")}},
		{{SLICE("2026-03-03 02:36:20"), SLICE("entry 48 213")}, {SLICE("transferred"), SLICE("seal A-0093 418")},
			{SLICE(SAMPLE_CYRILLIC), SLICE("to " SAMPLE_ARABIC)},
			{SLICE("Київ – الرياض"), SLICE("request for mutual legal assistance 77/26")},
			{SLICE("the same"), SLICE("both signed")}},
	};
	document_heading(d, SLICE("Custody"));
	document_table(d, columns, 5);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) document_row(d, rows[i], 5);
}

static inline void sample_rest(struct document *d)
{
	const struct document_party parties[] = {
		{SLICE("Handed over by"), SLICE(SAMPLE_CYRILLIC)}, {SLICE("Received by"), SLICE(SAMPLE_ARABIC)}};
	document_heading(d, SLICE("Notes"));
	document_paragraph(
		d, SLICE("The volume was read through a write blocker. Sectors 81 920 to 81 935 could not be read; they stand as zeroes "
			 "in the image and are listed in the acquisition notes."));
	document_paragraph(d, SLICE("تم استلام الوسيط مختوماً، ورقم الختم مطابق للسجل A-0093 418، ولم تظهر عليه آثار فتح."));
	document_paragraph(d, SLICE("Том отримано опечатаним; номер пломби збігається із записом."));
	document_heading(d, SLICE("Signatures"));
	document_lines_to_sign(d, parties, 2);
}

static inline struct document *sample_form(struct arena *a)
{
	struct document_head head = sample_head();
	struct document *d = document_new(a, &head);
	sample_item(d);
	sample_files(d);
	sample_custody(d);
	sample_rest(d);
	return d;
}
#endif
