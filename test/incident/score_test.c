/* The score against truths and answers made by hand. */
#include "tests.h"
#include "score.h"

#define KNOWN                                                                                                                              \
	"{\"kind\":\"indicator\",\"exercise\":true,\"indicator\":\"indicator--1\",\"key\":\"hand\",\"matchable\":true,\"name\":\"Hand\"}"
#define LISTED                                                                                                                             \
	"{\"kind\":\"indicator\",\"exercise\":true,\"indicator\":\"indicator--2\",\"key\":\"cdn\",\"matchable\":false,\"on_warninglist\":" \
	"true,\"name\":\"Cdn\"}"
#define PLANTED(line, more)                                                                                                                \
	"{\"kind\":\"planted\",\"exercise\":true,\"indicator\":\"indicator--1\",\"key\":\"hand\",\"matchable\":true,\"phase\":\"access\"," \
	"\"technique\":\"T1190\",\"access\":true,"                                                                                         \
	"\"institution\":\"exercise-a\",\"sensor\":\"conn\",\"format\":\"zeek-tsv\",\"file\":\"telemetry/exercise-a/conn/"                 \
	"x.log\",\"line\":" #line ",\"record_no\":" #line ",\"offset\":90," more "}"
#define FIRST PLANTED(3, "\"time\":\"2021-05-03T10:00:00Z\"")
#define SECOND PLANTED(7, "\"time\":\"2021-05-09T10:00:00Z\"")
#define DECOY                                                                                                                              \
	"{\"kind\":\"decoy\",\"exercise\":true,\"indicator\":null,\"matchable\":false,\"phase\":\"near\",\"technique\":\"T1036\","         \
	"\"access\":false,\"institution\":\"exercise-a\",\"sensor\":\"conn\","                                                             \
	"\"format\":\"zeek-tsv\",\"file\":\"telemetry/exercise-a/conn/"                                                                    \
	"x.log\",\"line\":5,\"record_no\":5,\"offset\":70,\"time\":\"2021-05-04T10:00:00Z\"}"
#define LOST                                                                                                                               \
	"{\"kind\":\"planted\",\"exercise\":true,\"indicator\":\"indicator--1\",\"key\":\"hand\",\"matchable\":false,\"phase\":"           \
	"\"access\",\"technique\":\"T1190\",\"access\":true,"                                                                              \
	"\"institution\":\"exercise-a\",\"sensor\":\"iis\",\"format\":\"w3c\",\"time\":\"2021-05-01T10:00:00Z\",\"file\":null,\"lost\":"   \
	"\"sensor was down\"}"
#define HIT(id, line, more) HIT_IN("x.log.gz", id, line, more)
#define HIT_IN(file, id, line, more)                                                                                                       \
	"{\"kind\":\"hit\",\"indicator\":\"" id "\",\"file\":\"/case/telemetry/exercise-a/conn/" file "\",\"line\":" #line                 \
	",\"record_no\":" #line ",\"offset\":90" more "}"
#define SUMMARY "{\"kind\":\"summary\",\"records\":9}"

static struct score *scored(const char *const *truth, const char *const *answer, const struct score_result **r)
{
	struct score *s = score_new();
	struct fault f = {0};
	for (; *truth != NULL; truth++)
		if (score_truth(s, slice_from(*truth), &f) != OK) fail_msg("%s", f.text);
	for (; *answer != NULL; answer++)
		if (score_answer(s, slice_from(*answer), &f) != OK) fail_msg("%s", f.text);
	*r = score_end(s);
	return s;
}
#define LINES(...)                                                                                                                         \
	(const char *const[])                                                                                                              \
	{                                                                                                                                  \
		__VA_ARGS__, NULL                                                                                                          \
	}

static void all_found(void **state)
{
	(void)state;
	const struct score_result *r;
	struct score *s = scored(LINES(KNOWN, SECOND, FIRST, DECOY),
		LINES(HIT("indicator--1", 7, ",\"time\":\"2021-05-09T10:00:00Z\""),
			HIT_IN("x.log.zst", "indicator--1", 3, ",\"time\":\"2021-05-03T07:00:00Z\""), SUMMARY),
		&r);
	assert_true(score_good(r) && r->summary);
	assert_int_equal(r->found, 2);
	assert_int_equal(r->missed_first_n + r->wrong_first_n, 0);
	assert_int_equal(r->indicators_n, 1);
	assert_int_equal(r->indicators[0].found, 2);
	assert_int_equal(r->institutions[0].planted, 2);
	assert_int_equal((r->access[0].found - r->access[0].truth) / 1000000, -3 * 3600);
	assert_false(r->access[0].truth_lost);
	score_free(s);
}

static void missed_and_false(void **state)
{
	(void)state;
	const struct score_result *r;
	struct score *s = scored(LINES(KNOWN, FIRST, SECOND, DECOY),
		LINES(HIT("indicator--1", 7, ",\"time\":\"2021-05-09T10:00:00Z\""), HIT("indicator--1", 5, ""), HIT("indicator--1", 9, ""),
			HIT("indicator--9", 3, "")),
		&r);
	assert_false(score_good(r));
	assert_false(r->summary);
	assert_int_equal(r->found, 1);
	assert_int_equal(r->missed, 1);
	assert_int_equal(r->wrong, 3);
	assert_int_equal(r->decoys, 1);
	assert_int_equal(r->indicators_n, 2);
	assert_int_equal(r->indicators[0].wrong, 2);
	assert_true(slice_equal(r->indicators[1].name, SLICE("not of the warning")));
	assert_int_equal(r->indicators[1].wrong, 1);
	assert_int_equal(r->institutions_n, 1);
	assert_int_equal(r->institutions[0].wrong, 3);
	assert_int_equal(r->phases_n, 2);
	assert_int_equal(r->phases[0].wrong, 1); /* access */
	assert_int_equal(r->phases[1].wrong, 1); /* near: a decoy */
	assert_int_equal(r->missed_first[0].line, 3);
	assert_int_equal(r->wrong_first[1].line, 9);
	assert_int_equal((r->access[0].found - r->access[0].truth) / 1000000, 6 * 86400);
	score_free(s);
}

static void another_offset_is_misplaced(void **state)
{
	(void)state;
	const struct score_result *r;
	struct score *s = scored(LINES(KNOWN, FIRST),
		LINES("{\"kind\":\"hit\",\"indicator\":\"indicator--1\",\"file\":\"telemetry/exercise-a/conn/"
		      "x.log\",\"line\":3,\"record_no\":3,\"offset\":91}"),
		&r);
	assert_int_equal(r->misplaced, 1);
	assert_false(score_good(r));
	score_free(s);
}

static void warninglists_and_lost_records(void **state)
{
	(void)state;
	const struct score_result *r;
	struct score *s = scored(LINES(KNOWN, LISTED, FIRST, LOST),
		LINES(HIT("indicator--1", 3, ",\"time\":\"2021-05-03T10:00:00Z\""), HIT("indicator--2", 4, ",\"suppressed_by\":\"list\"")),
		&r);
	assert_true(score_good(r));
	assert_int_equal(r->suppressed, 1);
	assert_int_equal(r->lost, 1);
	assert_true(r->access[0].truth_lost);
	assert_int_equal((r->access[0].found - r->access[0].truth) / 1000000, 2 * 86400);
	score_free(s);
	s = scored(LINES(KNOWN, LISTED, FIRST), LINES(HIT("indicator--1", 3, ""), HIT("indicator--2", 4, "")), &r);
	assert_false(score_good(r));
	assert_int_equal(r->unsuppressed, 1);
	score_free(s);
}

static void what_is_no_truth_is_refused(void **state)
{
	(void)state;
	static const char *const lines[] = {"", "{", "[]", "{\"kind\":\"other\"}", "{\"kind\":\"planted\"}", "{\"kind\":\"indicator\"}",
		"{\"kind\":\"planted\",\"institution\":\"a\",\"phase\":\"p\",\"file\":\"f\",\"line\":-1}"};
	struct score *s = score_new();
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct fault f = {0};
		assert_int_equal(score_truth(s, slice_from(lines[i]), &f), ERR_SYNTAX);
		assert_true(f.text[0] != '\0');
	}
	struct fault f = {0};
	assert_int_equal(score_answer(s, SLICE("{\"kind\":\"hit\"}"), &f), ERR_SYNTAX);
	assert_int_equal(score_answer(s, SLICE("{\"kind\":\"other\"}"), &f), OK);
	score_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_found),
		cmocka_unit_test(missed_and_false),
		cmocka_unit_test(another_offset_is_misplaced),
		cmocka_unit_test(warninglists_and_lost_records),
		cmocka_unit_test(what_is_no_truth_is_refused),
	};
	return cmocka_run_group_tests_name("incident/score", tests, NULL, NULL);
}
