/* Fonts: a fixed list of files, in a configuration of our own. The system's (and the user's) configuration would make the bytes depend on
 * the machine, and its library would write caches; here it reads the files below, and nothing else. A file that is missing is left out:
 * the next family that has a character prints it, and what none has becomes an escape (printable.c). */
#include "document_int.h"

#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#define NOTO "/usr/share/fonts/truetype/noto/NotoSans"
#define DEJAVU "/usr/share/fonts/truetype/dejavu/DejaVuSans"

static const char *const files[] = {
	NOTO "-Regular.ttf",
	NOTO "-Bold.ttf",
	NOTO "Arabic-Regular.ttf",
	NOTO "Arabic-Bold.ttf",
	NOTO "Hebrew-Regular.ttf",
	NOTO "Armenian-Regular.ttf",
	NOTO "Georgian-Regular.ttf",
	NOTO "Devanagari-Regular.ttf",
	NOTO "Thai-Regular.ttf",
	NOTO "Ethiopic-Regular.ttf",
	DEJAVU ".ttf",
	DEJAVU "-Bold.ttf",
	DEJAVU "Mono.ttf",
};
#define OTHERS "Noto Sans Hebrew,Noto Sans Armenian,Noto Sans Georgian,Noto Sans Devanagari,Noto Sans Thai,Noto Sans Ethiopic"
#define TEXT_FAMILIES "Noto Sans,Noto Sans Arabic," OTHERS ",DejaVu Sans,DejaVu Sans Mono"
#define MONO_FAMILIES "DejaVu Sans Mono,Noto Sans,Noto Sans Arabic," OTHERS ",DejaVu Sans"

struct look {
	const char *families;
	double size;
	PangoWeight weight;
	double grey; /* 0 black … 1 white */
	PangoWrapMode wrap;
	PangoAlignment align;
};
#define TEXT(size, weight, grey)                                                                                                           \
	{                                                                                                                                  \
		TEXT_FAMILIES, size, PANGO_WEIGHT_##weight, grey, PANGO_WRAP_WORD_CHAR, PANGO_ALIGN_LEFT                                   \
	}
static const struct look looks[ROLE_COUNT] = {
	[ROLE_TITLE] = TEXT(19, BOLD, 0),
	[ROLE_SUBTITLE] = TEXT(11, NORMAL, 0.25),
	[ROLE_HEADING] = TEXT(12, BOLD, 0),
	[ROLE_BODY] = TEXT(9, NORMAL, 0),
	[ROLE_STRONG] = TEXT(9, BOLD, 0),
	[ROLE_MONO] = {MONO_FAMILIES, 8, PANGO_WEIGHT_NORMAL, 0, PANGO_WRAP_CHAR, PANGO_ALIGN_LEFT},
	[ROLE_NUMBER] = {TEXT_FAMILIES, 9, PANGO_WEIGHT_NORMAL, 0, PANGO_WRAP_WORD_CHAR, PANGO_ALIGN_RIGHT},
	[ROLE_LABEL] = TEXT(8.5, NORMAL, 0.3),
	[ROLE_COLUMN] = TEXT(8.5, BOLD, 0.1),
	[ROLE_COLUMN_NUMBER] = {TEXT_FAMILIES, 8.5, PANGO_WEIGHT_BOLD, 0.1, PANGO_WRAP_WORD_CHAR, PANGO_ALIGN_RIGHT},
	[ROLE_CAPTION] = TEXT(7.5, NORMAL, 0.3),
	[ROLE_FURNITURE] = TEXT(8, NORMAL, 0.3),
	[ROLE_MARKING] = TEXT(12, BOLD, 0),
};
#define NOTE_SIZE 7.5
#define PIECE_BYTES 512u     /* of a run of text */
#define LANGUAGE "und"       /* one that no script lacks, so that pango does not ask the environment for another */
#define ESCAPE_GROUND 0xdddd /* of the shade behind an escape, of 0xffff */
#define NOTE_GREY 0x5555

#ifdef __SANITIZE_THREAD__
/* pango looks for fonts in threads of its own and waits for them with glib's locks. Neither is built for ThreadSanitizer, which so sees the
 * threads but not the locks. Nothing of ours runs in those threads or is called from these libraries. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
	return "race:libfontconfig.so\nrace:libpangoft2-1.0.so\nrace:libglib-2.0.so\nrace:libcairo.so\n";
}
#endif

/* ---- the configuration ---- */

static FcConfig *configuration(void)
{
	FcConfig *c = FcConfigCreate();
	for (size_t i = 0; c != NULL && i < sizeof files / sizeof *files; i++) (void)FcConfigAppFontAddFile(c, (const FcChar8 *)files[i]);
	return c;
}

static const FcFontSet *font_set(const struct fonts *fonts)
{
	return FcConfigGetFonts(fonts->config, FcSetApplication);
}

static PangoContext *context_of(PangoFontMap *map)
{
	PangoContext *c = pango_font_map_create_context(map);
	cairo_font_options_t *options = cairo_font_options_create();
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
	pango_cairo_context_set_font_options(c, options);
	pango_cairo_context_set_resolution(c, 72);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(c, FALSE);
	pango_context_set_language(c, pango_language_from_string(LANGUAGE));
	pango_context_set_base_dir(c, PANGO_DIRECTION_LTR);
	return c;
}

static PangoFontDescription *description(const struct look *look)
{
	PangoFontDescription *d = pango_font_description_new();
	pango_font_description_set_family_static(d, look->families);
	pango_font_description_set_size(d, pango_units_from_double(look->size));
	pango_font_description_set_weight(d, look->weight);
	return d;
}

/* Made current before pango's first use, which would else load the system's configuration. */
enum err fonts_open(struct fonts *fonts, struct fault *f)
{
	*fonts = (struct fonts){.config = configuration()};
	const FcFontSet *set = fonts->config != NULL ? font_set(fonts) : NULL;
	if (set == NULL || set->nfont == 0 || !FcConfigSetCurrent(fonts->config))
		return fault_set(f, ERR_NOT_FOUND, 0, 0,
			"no font: neither %s nor another of its kind is there (fonts-noto-core, fonts-dejavu-core)", files[0]);
	fonts->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
	if (fonts->map == NULL) return fault_set(f, ERR_UNSUPPORTED, 0, 0, "cairo was built without FreeType");
	pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts->map), fonts->config);
	fonts->context = context_of(fonts->map);
	for (int i = 0; i < ROLE_COUNT; i++) fonts->looks[i] = description(&looks[i]);
	return OK;
}

/* An empty one takes its place: what is current is never the system's, and holds no fonts between two documents. */
static void configuration_free(FcConfig *c)
{
	FcConfig *empty = FcConfigCreate();
	if (empty != NULL) {
		(void)FcConfigSetCurrent(empty);
		FcConfigDestroy(empty);
	}
	FcConfigDestroy(c);
}

void fonts_close(struct fonts *fonts)
{
	for (int i = 0; i < ROLE_COUNT; i++) pango_font_description_free(fonts->looks[i]);
	if (fonts->context != NULL) g_object_unref(fonts->context);
	if (fonts->map != NULL) {
		pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts->map), NULL); /* a map that ends does not give it back itself */
		g_object_unref(fonts->map);
	}
	if (fonts->config != NULL) configuration_free(fonts->config);
	*fonts = (struct fonts){0};
}

bool fonts_have(const struct fonts *fonts, uint32_t c)
{
	const FcFontSet *set = font_set(fonts);
	for (int i = 0; i < set->nfont; i++) {
		FcCharSet *characters;
		if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &characters) == FcResultMatch && FcCharSetHasChar(characters, c))
			return true;
	}
	return false;
}

/* ---- layouts ---- */

static void add_attribute(PangoAttrList *list, PangoAttribute *attribute, size_t from, size_t to)
{
	attribute->start_index = (guint)from;
	attribute->end_index = (guint)to;
	pango_attr_list_insert(list, attribute);
}

/* Where the piece that begins at `from` ends: before a blank if there is one, else between two characters. */
static size_t piece_end(slice text, size_t from)
{
	size_t most = from + PIECE_BYTES, end = most;
	if (most >= text.n) return text.n;
	while (end > from + PIECE_BYTES / 2 && text.p[end] != ' ') end--;
	if (text.p[end] == ' ') return end;
	for (end = most; end < text.n && (text.p[end] & 0xc0) == 0x80;) end++;
	return end;
}

/* For each line pango shapes again what is left of a run. A run ends where the language does, so that naming it anew for each piece keeps
 * the work for a text of one long word in proportion to its length. */
static void add_pieces(PangoAttrList *list, slice text)
{
	PangoLanguage *language = pango_language_from_string(LANGUAGE);
	for (size_t from = 0, to; from < text.n; from = to) {
		to = piece_end(text, from);
		add_attribute(list, pango_attr_language_new(language), from, to);
	}
}

/* The many first, in their order: what begins before the list's last attribute is put in its place by a walk. */
static PangoAttrList *attributes(const struct printable *text)
{
	PangoAttrList *list = pango_attr_list_new();
	for (size_t i = 0; i < text->escapes_n; i++)
		add_attribute(list, pango_attr_background_new(ESCAPE_GROUND, ESCAPE_GROUND, ESCAPE_GROUND), text->escapes[i].from,
			text->escapes[i].to);
	add_pieces(list, text->text);
	add_attribute(list, pango_attr_insert_hyphens_new(FALSE), 0, text->text.n);
	if (text->note_from < text->text.n) {
		add_attribute(list, pango_attr_weight_new(PANGO_WEIGHT_NORMAL), text->note_from, text->text.n);
		add_attribute(list, pango_attr_size_new(pango_units_from_double(NOTE_SIZE)), text->note_from, text->text.n);
		add_attribute(list, pango_attr_foreground_new(NOTE_GREY, NOTE_GREY, NOTE_GREY), text->note_from, text->text.n);
	}
	return list;
}

PangoLayout *fonts_layout(const struct fonts *fonts, const struct printable *text, enum role role, double width)
{
	PangoLayout *layout = pango_layout_new(fonts->context);
	PangoAttrList *list = attributes(text);
	pango_layout_set_font_description(layout, fonts->looks[role]);
	pango_layout_set_text(layout, (const char *)text->text.p, (int)text->text.n);
	pango_layout_set_attributes(layout, list);
	pango_attr_list_unref(list);
	pango_layout_set_auto_dir(layout, TRUE);
	pango_layout_set_wrap(layout, looks[role].wrap);
	pango_layout_set_alignment(layout, looks[role].align);
	if (width > 0) pango_layout_set_width(layout, pango_units_from_double(width));
	return layout;
}

void role_colour(cairo_t *cr, enum role role)
{
	cairo_set_source_rgb(cr, looks[role].grey, looks[role].grey, looks[role].grey);
}

void layout_size(PangoLayout *layout, double *width, double *height)
{
	PangoRectangle logical;
	pango_layout_get_extents(layout, NULL, &logical);
	if (width != NULL) *width = pango_units_to_double(logical.width);
	if (height != NULL) *height = pango_units_to_double(logical.height);
}
