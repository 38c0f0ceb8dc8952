/* TLP in text, and what comments of lists say for the values. */
#include "collect.h"
#include "intel_int.h"

static void finds_levels(void **state)
{
	(void)state;
	static const struct {
		slice text;
		enum tlp level;
		bool unknown;
	} cases[] = {
		{SLICE("TLP:RED"), TLP_RED, false},
		{SLICE("# TLP RED"), TLP_RED, false},
		{SLICE("# TLP: RED"), TLP_RED, false},
		{SLICE("#tlp=red"), TLP_RED, false},
		{SLICE("TLP 2.0: Amber + Strict, PAP:RED"), TLP_AMBER_STRICT, false},
		{SLICE("TLP:AMBER-STRICT"), TLP_AMBER_STRICT, false},
		{SLICE("tlp_amber"), TLP_AMBER, false},
		{SLICE("amber"), TLP_AMBER, false},
		{SLICE("(TLP:GREEN) or TLP:RED or TLP:CLEAR"), TLP_RED, false},
		{SLICE("TLP:WHITE"), TLP_CLEAR, false},
		{SLICE("TLP:PURPLE"), TLP_NONE, true},
		{SLICE("TLP: GREEN, TLP:REDDISH"), TLP_GREEN, true},
		{SLICE("how TLP works"), TLP_NONE, false},
		{SLICE("atlp:red"), TLP_NONE, false},
		{SLICE("tlpred"), TLP_NONE, false},
		{SLICE("TLP:"), TLP_NONE, true},
		{SLICE("TLP"), TLP_NONE, false},
		{SLICE(""), TLP_NONE, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool unknown = true;
		enum tlp level = value_tlp_said(cases[i].text, &unknown);
		if (level != cases[i].level || unknown != cases[i].unknown) fail_msg("%.*s", SLICE_PRINTF(cases[i].text));
	}
}

static const char list[] = "a.com\n"
			   "b.com # TLP:GREEN\n"
			   "c.com\n"
			   "# TLP: AMBER\n"
			   "d.com\n"
			   "e.com#TLP:RED\n"
			   "f.com // TLP RED\n"
			   "\"g.com\", # tlp:red\n"
			   "1.2.3.4,TLP:RED\n"
			   "0.0.0.0 h.com i.com # TLP:RED\n"
			   "1.2.3.4 - 1.2.3.5 # TLP:RED\n"
			   "j.com # TLP:GREEN\n"
			   "TLP:RED\n"
			   "k.com # TLP:GREEN\n"
			   "http://l.com/#x\n";

static void plain_lists(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN, SLICE(list),
		"1|||file|||-|-|-1| = 0 a.com\n"
		"2|||file||TLP:GREEN|-|-|-1| = 0 b.com\n"
		"3|||file|||-|-|-1| = 0 c.com\n"
		"5|||file||TLP:AMBER|-|-|-1| = 0 d.com\n"
		"6|||file||TLP:RED|-|-|-1| = 0 e.com\n"
		"7|||file||TLP:RED|-|-|-1| = 0 f.com\n"
		"8|||file||TLP:RED|-|-|-1| = 0 g.com\n"
		"9|||file||TLP:RED|-|-|-1| = 0 1.2.3.4\n"
		"10|||file||TLP:RED|-|-|-1| = 0 h.com\n"
		"10|||file||TLP:RED|-|-|-1| = 0 i.com\n"
		"11|||file||TLP:RED|-|-|-1| = 0 1.2.3.4/31\n"
		"12|||file||TLP:AMBER|-|-|-1| = 0 j.com\n" /* never laxer than the list */
		"14|||file||TLP:RED|-|-|-1| = 0 k.com\n"
		"15|||file||TLP:RED|-|-|-1| = 0 http://l.com/#x\n");
	collect_any_pieces(INTEL_PLAIN, SLICE(list));
}

static void says_what_marks_nothing(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN, SLICE("# TLP:AMBER\na.com\n# TLP:PURPLE\n"),
		"2|||file||TLP:AMBER|-|-|-1| = 0 a.com\n"
		"trouble 3 TLP: what the comment says is no level of TLP 1 or 2; it is taken as TLP:RED\n"
		"trouble 3 TLP: a marking behind the last value marks nothing; expected above the values\n");
	collect_expect(INTEL_PLAIN, SLICE("# TLP:PURPLE\na.com\n"),
		"trouble 1 TLP: what the comment says is no level of TLP 1 or 2; it is taken as TLP:RED\n"
		"2|||file||TLP:RED|-|-|-1| = 0 a.com\n");
}

/* Nothing is lost by a marking of an empty list, or by one that says again what holds already. */
static void is_silent_where_nothing_is_lost(void **state)
{
	(void)state;
	collect_expect(INTEL_PLAIN, SLICE("# TLP:GREEN\n# no entries today\n"), "");
	collect_expect(
		INTEL_PLAIN, SLICE("# TLP:AMBER\na.com\n# TLP:AMBER, end\n# TLP:CLEAR\n"), "2|||file||TLP:AMBER|-|-|-1| = 0 a.com\n");
}

static void other_lists(void **state)
{
	(void)state;
	collect_expect(INTEL_CSV, SLICE("# TLP:AMBER\nvalue,tlp\na.com,\n# TLP RED\nb.com,green\n"),
		"3|||file||TLP:AMBER|-|-|-1| = 0 a.com\n5|||file||TLP:RED|-|-|-1| = 0 b.com\n");
	collect_expect(INTEL_HOSTS, SLICE("0.0.0.0 a.com # TLP:RED\n0.0.0.0 b.com\n# TLP:GREEN\n0.0.0.0 c.com d.com\n"),
		"1|||file||TLP:RED|-|-|-1| = 3 a.com\n2|||file|||-|-|-1| = 3 b.com\n"
		"4|||file||TLP:GREEN|-|-|-1| = 3 c.com\n4|||file||TLP:GREEN|-|-|-1| = 3 d.com\n");
	collect_expect(INTEL_ZEEK, SLICE("# TLP:RED\n#fields\tindicator\tindicator_type\tmeta.source\na.com\tIntel::DOMAIN\tx\n"),
		"3|||x||TLP:RED|-|-|-1| = 3 a.com\n");
	collect_expect(INTEL_RPZ,
		SLICE("$ORIGIN z.\n@ SOA a b 1 2 3 4 5 ; TLP:CLEAR\na.com CNAME . ; TLP:RED\n; TLP:GREEN\nb.com CNAME (\n. ) ; "
		      "TLP:AMBER\nc.com CNAME .\n"),
		"3|||file||TLP:RED|-|-|-1| = 3 a.com\n5|||file||TLP:AMBER|-|-|-1| = 3 b.com\n7|||file||TLP:GREEN|-|-|-1| = 3 c.com\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_levels),
		cmocka_unit_test(plain_lists),
		cmocka_unit_test(says_what_marks_nothing),
		cmocka_unit_test(is_silent_where_nothing_is_lost),
		cmocka_unit_test(other_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
