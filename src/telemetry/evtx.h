/* Windows event log files (EVTX, BinXML), bytes in, JSON lines out. Pure. A reader owns its memory and belongs to one thread.
 *
 * An event becomes one JSON object that the FORMAT_WINDOWS rows of this room understand:
 *  System     each value stands at the top level. An element's text has the element's name (EventID, Version, Level, Task, Opcode,
 *             Keywords, EventRecordID, Channel, Computer). Attributes: ProviderName, ProviderGuid, EventSourceName, Qualifiers,
 *             TimeCreated (RFC 3339, seven decimals), ActivityID, RelatedActivityID, ProcessID, ThreadID, ProcessorID, SessionID,
 *             KernelTime, UserTime, ProcessorTime, UserID; any other is "Element.Attribute". Absent values have no key.
 *             EventRecordID and TimeCreated are the record header's when System has none.
 *  EventData  "EventData":{…}: <Data Name="x"> has the key x; unnamed Data are the list "Data":[…]; any other element has its own name.
 *  UserData   "UserData":{"xml_name":NAME,…}: what stands inside its element NAME, keys are paths ("Certificate.subjectName").
 *  others     (RenderingInfo, ProcessingErrorData, …) one object each, keys are paths.
 *  Values     integers are numbers, booleans are true and false; strings are text; binary is lower-case hex; HexInt and pointer sizes
 *             "0x1f"; GUID "{ABCD…}"; SID "S-1-5-18"; times RFC 3339 UTC; an element without content null. An array is one value for
 *             each element. A value of the wrong size is hex.
 *  Repeated   keys within one object become one list, in order of appearance. xmlns attributes are left out.
 *  Incomplete true: the event's BinXML or its record is damaged; what could be read is there, and `trouble` was told.
 * Sources: Microsoft [MS-EVEN6] 2.2.12 to 2.2.19 (BinXml); for the file itself the descriptions by A. Schuster (2007) and J. Metz. */
#ifndef TELEMETRY_EVTX_H
#define TELEMETRY_EVTX_H
#include "err.h"

#define EVTX_MAGIC_BYTES 8

struct evtx_reader;
struct evtx_reader *evtx_reader_new(void);    /* gives */
void evtx_reader_free(struct evtx_reader *r); /* takes NULL */

/* Whether these first bytes of a file (8 suffice) are an event log's. */
bool evtx_is(slice start);

/* Told for what is damaged while reading goes on: kind ERR_DAMAGED (or ERR_LIMIT), byte offset in the file, found and expected.
 * The fault lives during the call. */
typedef void evtx_trouble(void *context, const struct fault *f);

/* Feed the next bytes of the file, in pieces of any size. Complete chunks are read; each event is appended to *out as one line of
 * JSON with LF, in file order. Wrong checksums are told and what parses is read all the same. Unused (zero) chunks say nothing.
 *   trouble  may be NULL
 * Errors: ERR_SYNTAX the file does not start as an event log does; ERR_LIMIT *out has met its cap. *out keeps whole lines only.
 * After an error the reader only serves to be freed. */
CHECKED enum err evtx_reader_feed(
	struct evtx_reader *r, slice bytes, struct buf *out, evtx_trouble *trouble, void *context, struct fault *f);

/* The file is over: a chunk that is cut short is read as far as it goes, and told. Errors: as above. The reader starts anew. */
CHECKED enum err evtx_reader_end(struct evtx_reader *r, struct buf *out, evtx_trouble *trouble, void *context, struct fault *f);
#endif
