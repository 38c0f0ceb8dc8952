/* What the two halves of the CSV reader share: csv.c cuts records and fields, csv_row.c knows what columns mean. */
#ifndef INTEL_CSV_INT_H
#define INTEL_CSV_INT_H
#include "intel_int.h"

#define CSV_COLUMNS_MAX 256u
enum column_role {
	COLUMN_OTHER,
	COLUMN_VALUE,
	COLUMN_TYPE,
	COLUMN_ID,
	COLUMN_NAME,
	COLUMN_AUTHOR,
	COLUMN_MARKING,
	COLUMN_FROM,
	COLUMN_UNTIL,
	COLUMN_CONFIDENCE,
	COLUMN_LABELS,
	COLUMN_REVOKED,
	COLUMN_TO_IDS,
	COLUMN_ROLES
};
enum column_rank { RANK_WEAK /* only when nothing better stands in the row */, RANK_USUAL, RANK_MAIN /* beats all others */ };
struct csv_column {
	enum column_role role;
	enum observable type;
	enum column_rank rank;
};
struct csv_header {
	struct csv_column columns[CSV_COLUMNS_MAX];
	size_t n;
	enum column_rank best;
	uint8_t separator;
};

/* Cut one record into fields (at most CSV_COLUMNS_MAX); text with doubled quotes goes to *scratch. Returns their number. */
size_t csv_fields(struct buf *scratch, slice record, uint8_t separator, slice *fields);
/* False when no column holds values. */
bool csv_header_read(const slice *fields, size_t n, struct csv_header *out);

struct csv_row {
	const struct csv_header *header;
	const slice *fields;
	size_t n;
	struct arena *arena; /* reset by the caller before each row */
	struct buf *scratch;
	const struct intel_sink *sink;
	slice author;
	uint64_t line, offset;
	enum tlp marking; /* that comments before it say */
};
enum err csv_row_emit(const struct csv_row *row);
#endif
