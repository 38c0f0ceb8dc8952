/* Scenarios: those of the program are read; a slip anywhere is refused with its place and the rule. */
#include "tests.h"
#include "limit.h"
#include "record_int.h"

static enum err read_text(const char *text, struct fault *f)
{
	struct arena *a = arena_new(0);
	const struct scenario *s = NULL;
	enum err e = scenario_read(a, slice_from(text), &s, f);
	assert_true((e == OK) == (s != NULL));
	arena_free(a);
	return e;
}

static void built_in_scenarios_are_read(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct fault f = {0};
	size_t n = 0;
	for (const struct scenario_built_in *b = NULL; (b = scenario_built_in(n)) != NULL; n++) {
		const struct scenario *s = NULL;
		if (scenario_read(a, b->text, &s, &f) != OK) fail_msg("%s: %s", b->name, f.text);
		assert_true(slice_equal(s->key, slice_from(b->name)));
		assert_true(s->phases.n > 0 && s->institutions.n > 0);
	}
	assert_int_equal(n, 2);
	arena_free(a);
}

static void members_are_where_they_belong(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	const struct scenario *s = NULL;
	struct fault f = {0};
	assert_int_equal(scenario_read(a, SLICE(SMALL), &s, &f), OK);
	const struct scenario_phase *p = SCENARIO_AT(s->phases, struct scenario_phase, 0);
	const struct scenario_when *w = SCENARIO_AT(p->when, struct scenario_when, 0);
	const struct scenario_plant *plant = SCENARIO_AT(p->plants, struct scenario_plant, 0);
	assert_int_equal(s->from, 19389);
	assert_int_equal(w->from, 19391);
	assert_int_equal(w->hour_last, 9);
	assert_int_equal(plant->most, 3);
	assert_true(slice_equal(SCENARIO_AT(plant->set, struct scenario_setting, 0)->value, SLICE("${hand}")));
	assert_string_equal(sensor_row(plant->sensor_index)->key, "firewall");
	assert_int_equal(s->warning.tlp, TLP_GREEN);
	arena_free(a);
}

/* `old` of the small scenario made `new`: what the fault must say. */
static const struct {
	const char *old, *new, *said;
} slips[] = {
	{"\"months\":1", "\"months\":0", "months: must be a whole number from 1 to 120"},
	{"\"months\":1", "\"months\":1.5", "months: must be a whole number"},
	{"\"months\":1,", "", "months: is missing"},
	{"\"months\":1", "\"months\":1,\"months\":2", "months: stands here twice"},
	{"\"months\":1", "\"months\":1,\"moths\":2", "moths: no such member is known here"},
	{"\"from\":\"2023-02-01\"", "\"from\":\"2023-02-30\"", "from: must be a date"},
	{"\"from\":\"2023-02-01\"", "\"from\":\"1970-02-01\"", "from: must be a date"},
	{"\"scenario\":\"small\"", "\"scenario\":\"Small one\"", "scenario: must be 1 to 40 of a-z"},
	{"\"title\":\"Small\"", "\"title\":\"\"", "title: must be a text"},
	{"\"title\":\"Small\"", "\"title\":\"a\\u0000b\"", "title: must be a text"},
	{"\"kits\":[", "\"kits\":[7,", "kits[0]: must be an object"},
	{"\"sensors\":[\"firewall\",\"dns\"]", "\"sensors\":[\"firewal\"]", "kits[0]: no sensor is called firewal"},
	{"\"sensors\":[\"firewall\",\"dns\"]", "\"sensors\":[\"dns\",\"dns\"]", "kits[0].sensors: a sensor stands here twice"},
	{"\"sensors\":[\"firewall\",\"dns\"]", "\"sensors\":[]", "kits[0].sensors: must have 1 to 32 members"},
	{"\"sensors\":[\"firewall\",\"dns\"]", "\"sensors\":\"dns\"", "kits[0].sensors: must be a list"},
	{"EXERCISE City", "City", "institutions[0].name: must begin with \"EXERCISE \""},
	{"\"kit\":\"all\"", "\"kit\":\"some\"", "institutions[0].kit: no kit has the key some"},
	{"\"weight\":1", "\"weight\":1,\"gaps\":[{\"sensor\":\"dns\",\"from\":\"2023-02-03\",\"to\":\"2023-02-02\"}]",
		"institutions[0].gaps[0]: ends before it begins"},
	{"[ipv4-addr:value =", "[ipv4-addr:value =:", "indicators[0].pattern: "},
	{"'203.0.113.201']\"", "'203.0.113.201'] FOLLOWEDBY [ipv4-addr:value = '203.0.113.9']\"", "must say \"unmatchable\": true"},
	{"\"name\":\"Hand\"", "\"name\":\"Hand\",\"with\":[\"foot\"]", "indicators[0]: no indicator has the key foot"},
	{"\"name\":\"Hand\"", "\"name\":\"Hand\",\"unmatchable\":1", "indicators[0].unmatchable: must be true or false"},
	{"T1595.002", "T15950002", "phases[0].technique: must be an ATT&CK technique"},
	{"\"to\":\"2023-02-05\"", "\"to\":\"2023-02-01\"", "phases[0].when[0]: ends before it begins"},
	{"\"hour_last\":9", "\"hour_last\":6", "phases[0].when[0]: hour_last is before hour_first"},
	{"\"hour_last\":9", "\"hour_last\":24", "phases[0].when[0].hour_last: must be a whole number from 0 to 23"},
	{"\"sensor\":\"firewall\"", "\"sensor\":\"wall\"", "phases[0].plants[0].sensor: no sensor is called wall"},
	{"\"record\":\"drop\"", "\"record\":\"rop\"", "phases[0].plants[0].record: firewall has no record rop"},
	{"\"most\":3", "\"most\":2", "phases[0].plants[0].most: is less than least"},
	{"{\"client\":\"${hand}\"}", "{\"klient\":\"${hand}\"}",
		"phases[0].plants[0].set.klient: the record drop of firewall has no such place"},
	{"{\"client\":\"${hand}\"}", "{\"client\":\"${foot}\"}", "phases[0].plants[0]: no indicator has the key foot"},
	{"{\"client\":\"${hand}\"}", "{\"client\":7}", "phases[0].plants[0].set.client: must be a text"},
	{"{\"client\":\"${hand}\"}", "{\"client\":\"${hand}\"},\"meets\":[\"foot\"]",
		"phases[0].plants[0].meets[0]: no indicator has this key"},
	{"TLP:GREEN", "TLP:PINK", "warning.marking: must be a marking"},
	{"EXERCISE CERT", "CERT", "warning.author: must begin with \"EXERCISE \""},
	{"2023-02-20T09:00:00Z", "2023-02-20", "warning.published: must be a time"},
	{"2023-02-20T09:00:00Z", "2023-02-20T09:00:00", "warning.published: must be a time"},
	{"\"title\":\"Small\"", "\"title\":Small", ""},
};

static void slips_are_refused_with_place_and_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
		char text[sizeof SMALL + 400];
		struct fault f = {0};
		const char *at = strstr(SMALL, slips[i].old);
		assert_non_null(at);
		(void)snprintf(text, sizeof text, "%.*s%s%s", (int)(at - SMALL), SMALL, slips[i].new, at + strlen(slips[i].old));
		if (read_text(text, &f) == OK) fail_msg("%s was taken for good", slips[i].new);
		if (strstr(f.text, slips[i].said) == NULL)
			fail_msg("%s: found \"%s\", expected \"%s\"", slips[i].new, f.text, slips[i].said);
	}
}

static void limits_hold(void **state)
{
	(void)state;
	struct fault f = {0};
	struct buf b = {0};
	while (b.n <= SCENARIO_BYTES_MAX) buf_add_text(&b, "                                                                ");
	struct arena *a = arena_new(0);
	const struct scenario *s = NULL;
	assert_int_equal(scenario_read(a, buf_slice(&b), &s, &f), ERR_LIMIT);
	assert_non_null(strstr(f.text, "SCENARIO_BYTES_MAX"));
	assert_null(s);
	arena_free(a);
	buf_free(&b);
	assert_int_equal(read_text("[]", &f), ERR_SYNTAX);
	assert_int_equal(read_text("", &f), ERR_SYNTAX);
}

static void every_template_can_be_taken_apart(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct recipe r;
	struct fault f = {0};
	for (size_t i = 0; sensor_row(i) != NULL; i++) {
		const struct sensor_row *row = sensor_row(i);
		assert_int_equal(recipe_make(a, row, row->header, &r, &f), OK);
		for (size_t k = 0; k < row->records_n; k++)
			if (recipe_make(a, row, row->records[k].text, &r, &f) != OK)
				fail_msg("%s %s: %s", row->key, row->records[k].key, f.text);
	}
	assert_int_equal(recipe_make(a, sensor_row(0), "a $no_such_slot$", &r, &f), ERR_SYNTAX);
	assert_int_equal(recipe_make(a, sensor_row(0), "a $x=#9-1$", &r, &f), ERR_SYNTAX);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_in_scenarios_are_read),
		cmocka_unit_test(members_are_where_they_belong),
		cmocka_unit_test(slips_are_refused_with_place_and_rule),
		cmocka_unit_test(limits_hold),
		cmocka_unit_test(every_template_can_be_taken_apart),
	};
	return cmocka_run_group_tests_name("incident/scenario", tests, NULL, NULL);
}
