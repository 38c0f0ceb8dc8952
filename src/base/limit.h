/* Every limit on what comes from outside, in one place. An error that one of these causes says its name. */
#ifndef BASE_LIMIT_H
#define BASE_LIMIT_H

#define RECORD_BYTES_MAX (64u << 20)       /* a longer record is cut there, counted, and the rest is the next one */
#define INTEL_LINE_BYTES_MAX (1u << 20)    /* a line of a plain list or CSV */
#define INTEL_OBJECT_BYTES_MAX (16u << 20) /* one STIX object */
#define MISP_HELD_BYTES_MAX (512u << 20)   /* attributes of one event that wait for its tags */
#define OPENIOC_BYTES_MAX (16u << 20)      /* one document */
#define OPENIOC_DEPTH_MAX 64u              /* Indicator elements within each other */
#define OPENIOC_TEXT_BYTES_MAX (64u << 10) /* the content of one item */
#define PATTERN_BYTES_MAX (1u << 20)       /* one STIX pattern */
#define PATTERN_DEPTH_MAX 200              /* parentheses in a pattern */
#define PATTERN_NODES_MAX 100000u          /* comparisons and list members in a pattern */
#define EXPRESSION_BYTES_MAX 16384u        /* one MATCHES or LIKE expression */
#define MATCH_STEPS_MAX 1000000u           /* of PCRE2 for one expression on one value; one that needs more is given up there, and told */
#define FIELDS_MAX 4096u                   /* fields of one record */
#define URL_BYTES_MAX 8192u                /* a URL in a record; a longer one is no URL, its host still a name */
#define URL_MARKS_MAX 32u                  /* marks behind a URL that are tried one by one as its own */
#define URL_WORK_MAX                                                                                                                       \
	32u /* bytes of URLs that are read for each byte of a text, whole or to the first separator, and as many in other ways … */
#define URL_WORK_FREE_BYTES (256u << 10) /* … and so many more: URLs within URLs read it again and again */
#define SEEN_SEARCH_BYTES_MAX                                                                                                              \
	(16u << 20)              /* looked through in one record for the places of what decoded values showed; then places stay untold */
#define TIME_SEARCH_BYTES 1024u  /* of a line, in which its time is looked for */
#define FOLDER_DEPTH_MAX 64      /* folders within folders */
#define EVTX_NESTING_MAX 32u     /* templates and BinXML values within one another in one event */
#define EVTX_DEPTH_MAX 256u      /* elements within elements of one event */
#define EVTX_SECTIONS_MAX 16u    /* kinds of children of one Event element */
#define EVTX_KEY_BYTES_MAX 8192u /* path of an element of one event, as JSON shows it */
#define EVTX_CHUNK_WORK_MAX (1u << 19) /* steps for one 64 KiB chunk: a token each, and more for long texts, keys and arrays */

/* JSON, of any origin. */
#define JSON_LOOK_BYTES (1u << 20)              /* of a log's first document, by which it is told how the log is split into records */
#define JSON_DEPTH_MAX 1024                     /* containers within each other */
#define JSON_ELEMENT_BYTES_MAX (64u << 20)      /* one element of a document that is split */
#define JSON_SPLIT_REST_MAX (1u << 20)          /* the other members of its top-level object */
#define JSON_STREAM_DEPTH_MAX 16                /* containers entered within each other */
#define JSON_STREAM_VALUE_BYTES_MAX (64u << 20) /* one value that is given out whole */
#define JSON_STREAM_REST_BYTES_MAX (16u << 20)  /* the other members of one entered object */

/* Containers: compressed files and archives. */
#define EXPANSION_RATIO_MAX 1000u             /* decoded bytes for each encoded one; more is a decompression bomb … */
#define EXPANSION_FREE_BYTES (64u << 20)      /* … once a file or member has given so many bytes, … */
#define EXPANSION_ARCHIVE_BYTES (1ull << 30)  /* … or all members of an archive together */
#define DECODED_BYTES_MAX (1ull << 40)        /* of one container or member */
#define MEMBERS_MAX 1000000u                  /* of one archive */
#define MEMBER_NAME_BYTES_MAX 1024u           /* a longer name is cut in what is shown */
#define ARCHIVE_HEADER_BYTES_MAX (256u << 20) /* read for one member's header, a zip's or 7z's directory with the first */
#define CONTAINER_DEPTH_MAX 8                 /* compressed files and archives within each other */
#define ARCHIVE_RESTARTS_MAX 64u              /* an archive is opened again behind a damaged member so often */
#define CAPTURE_BYTES_MAX (16ull << 30)       /* one packet capture, kept for Suricata */
#define CAPTURE_EVE_BYTES_MAX (16ull << 30)   /* what it may write of one */
#define CAPTURE_MEMORY_BYTES_MAX (4ull << 30)
#define CAPTURE_SECONDS_MAX 1800u /* what it may take for one */
#define ZSTD_WINDOW_LOG_LIMIT 27  /* zstd frames that need more than 128 MiB of memory are refused */

/* The ledger's formats. */
#define NOTE_BYTES_MAX (1u << 20)            /* one signed note */
#define NOTE_SIGNATURES_MAX 64u              /* its signature lines; the standard asks for 16 */
#define NOTE_SIGNATURE_BYTES_MAX 16384u      /* one signature, decoded: the largest standardised post-quantum ones are half of that */
#define NOTE_NAME_BYTES_MAX 1024u            /* a key's name */
#define NOTE_KEY_BYTES_MAX 8192u             /* one verifier key as text */
#define CHECKPOINT_ORIGIN_BYTES_MAX 1024u    /* a log's name */
#define PROOF_FILE_EXTRA_BYTES_MAX 65536u    /* what an application puts beside a proof, decoded */
#define PROOF_FILE_BYTES_MAX (2u << 20)      /* one proof file */
#define WITNESS_REQUEST_BYTES_MAX (2u << 20) /* one request to a witness */
#define POLICY_BYTES_MAX (1u << 20)          /* one policy */
#define POLICY_LOGS_MAX 256u                 /* logs in it; the standard asks for 32 */
#define POLICY_PARTIES_MAX 512u              /* witnesses and groups in it; the standard asks for 32 of each */
#define POLICY_MEMBERS_MAX 4096u             /* members of all its groups together */

#define PROTOCOL_MESSAGE_BYTES_MAX (16u << 20)  /* one message to or from the keeper */
#define KEEPER_CLIENTS_MAX 1000u                /* connections at once */
#define KEEPER_CLIENT_BYTES_MAX (32u << 20)     /* of one connection, not yet answered: then it is read no further */
#define CONFIGURATION_BYTES_MAX (64u << 10)     /* kulla.conf, or a key */
#define LEDGER_APPEND_MAX 65536u                /* entries appended at once */
#define LEDGER_JOURNAL_BYTES_MAX (1ull << 30)   /* one journal */
#define LEDGER_JOURNAL_KEPT_BYTES (4u << 20)    /* of journals that are in tiles: they say which requests were answered */
#define LEDGER_REQUESTS_KEPT 65536u             /* requests whose answers are remembered */
#define LEDGER_PENDING_BYTES_MAX (256ull << 20) /* appended, but not yet in tiles: then the disk is in trouble */
#define LEDGER_FINDINGS_MAX 10000u              /* faults, and notes, of one verification that are told one by one; all are counted */
#define REPAIR_FILES_MAX 4096u                  /* of one repair; where more is damaged the copy itself is the better ledger */
#define REPAIR_BYTES_MAX (256u << 20)           /* of them, held until all are proven */
/* The ledger's entries and blobs. */
#define CANONICAL_DEPTH_MAX 32              /* containers within each other in canonical JSON */
#define ENTRY_BYTES_MAX 65535u              /* one entry: what a C2SP entry bundle can hold */
#define ENTRY_LIST_MAX 512u                 /* blobs, digests or paths in one list of an entry */
#define BLOB_BYTES_MAX (1ull << 40)         /* one blob */
#define BLOB_BATCH_MAX 512u                 /* blobs that are made durable together */
#define BLOB_TEMPORARY_SECONDS 86400        /* a temporary file that was not written to for so long is nobody's */
#define BLOB_FOLDER_FILES_MAX (4u << 20)    /* files in one of the 256 folders, when they are listed */
#define SALTED_TEXT_BYTES_MAX (16u << 20)   /* one name, free text or list of names beside the ledger */
#define SCAN_ANSWER_BYTES_MAX (64ull << 30) /* a scan's answer that is recorded; a longer one is not */

/* Evidence. */
#define MANIFEST_FILES_MAX 4000000u         /* files of one item */
#define MANIFEST_LINE_BYTES_MAX (64u << 10) /* one of them, or the head, in a manifest */
#define MANIFEST_BYTES_MAX (4ull << 30)     /* one manifest */
#define EVIDENCE_NAME_BYTES_MAX 8192u       /* one file's name within its item */
#define EVIDENCE_TEXT_BYTES_MAX 8192u       /* one text about an item: a reason, a name, a note */
#define FORM_FILES_MAX 1000u                /* files that a custody form lists; it says how many more there are */
#define EVIDENCE_CLOCK_SECONDS 300          /* an act may be told so much before it happens: clocks differ */
/* Time stamps of evidence. */
#define STAMP_BYTES_MAX (128u << 10)       /* one authority's answer, with its certificates */
#define STAMP_ANCHORS_BYTES_MAX (1u << 20) /* one file of root certificates … */
#define STAMP_ANCHORS_MAX 64u              /* … and how many of them */
#define STAMP_CERTIFICATES_MAX 16u         /* in one token */
#define STAMP_CHAIN_MAX 8                  /* certificates between the authority's and a root */
#define STAMP_ACCURACY_SECONDS_MAX 3600u   /* what a token may say of its own time */
#define STAMP_CLOCK_SECONDS_MAX 300u       /* by which an authority's clock and ours may differ beyond that */
#define STAMP_AUTHORITIES_MAX 8u           /* of one home */
#define STAMP_TASKS_MAX 1000000u           /* items times authorities that wait for a stamp */

/* Packages of evidence. */
#define BAG_FILES_MAX 4000000u            /* files in one, of one kind */
#define BAG_MANIFEST_BYTES_MAX (1u << 30) /* one list of them */
#define BAG_TAG_BYTES_MAX (64u << 20)     /* one file beside the payload that is read whole, but for an item's manifest */
#define BAG_PATH_BYTES_MAX 1024u          /* one path in it */
#define BAG_PART_BYTES_MAX 200u           /* one name in a path */
#define BAG_DEPTH_MAX 32                  /* folders within each other */
#define BAG_ITEMS_MAX 256u                /* items in one */
#define BAG_HISTORY_MAX 10000u            /* entries of its ledger and of earlier ones about its items */

/* Rules over files of evidence. */
#define YARA_SOURCE_BYTES_MAX (64u << 20)      /* one file of rules */
#define YARA_SOURCES_MAX 4096u                 /* files of rules */
#define YARA_COMPILE_SECONDS_MAX 300u          /* for all of them */
#define YARA_FILE_SECONDS_DEFAULT 600          /* for one file */
#define YARA_FILE_BYTES_MAX (1ull << 40)       /* of one file that rules are tried on */
#define YARA_MEMORY_BYTES_MAX (4ull << 30)     /* of the process that tries them, the file not counted */
#define YARA_FRAME_BYTES_MAX (512u << 10)      /* one message of that process */
#define YARA_FRAMES_MAX 100000u                /* rules that match one file */
#define YARA_LIST_MAX 64u                      /* tags, metadata, and places shown of one match */
#define YARA_TEXT_BYTES_MAX 1024u              /* one text of them */
#define YARA_SHOWN_BYTES_MAX 32u               /* of one place */
#define FINDING_ANSWER_BYTES_MAX (16ull << 30) /* the answer of one scan of evidence */
#define EXCERPT_BYTES_MAX (64ull << 30)        /* records that a scan seals */
#define EXCERPT_HEADER_BYTES_MAX (64u << 10)   /* of what stands before the first record of a file, with them */

/* Exercises. */
#define SCENARIO_BYTES_MAX (4u << 20) /* one scenario of an exercise */
#define SCENARIO_OBJECTS_MAX 20000u   /* objects in it */
#define SCENARIO_TEXT_BYTES_MAX 1024u /* one text in it */
#define SCENARIO_KEY_BYTES_MAX 40u
#define SCENARIO_PLANTED_MAX 1000     /* records of one plant at one institution */
#define SCENARIO_CLIENTS_MAX 1000     /* machines of one institution */
#define SCENARIO_INSTITUTIONS_MAX 250 /* one 10.x network each */
#define SCENARIO_INDICATORS_MAX 1000
#define SCENARIO_MONTHS_MAX 120
#define EXERCISE_FILES_MAX 4000000u        /* files of one exercise */
#define RESULT_LINE_BYTES_MAX (128u << 20) /* one line of a scan's answer: a record, written as JSON */

/* Printed documents. */
#define DOCUMENT_TITLE_BYTES_MAX 512u              /* its title, subtitle, author, foot: each is set again on every page */
#define DOCUMENT_TEXT_BYTES_MAX (64u << 10)        /* one text */
#define DOCUMENT_BYTES_MAX ((size_t)8 << 20)       /* all texts of one document, and its cells */
#define DOCUMENT_COLUMNS_MAX 12u                   /* of one table */
#define DOCUMENT_PAGES_MAX 2000u                   /* of one document */
#define DOCUMENT_FILE_BYTES_MAX ((size_t)64 << 20) /* one document as a PDF */
#define DOCUMENT_MARKS_MAX 4u                      /* accents on one letter; more are written as escapes */
#endif
