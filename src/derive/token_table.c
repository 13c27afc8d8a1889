/* token_table.c -- what single commands and characters mean to the lexer. */
#include "derive/token_table.h"

#include <string.h>

/* Commands that become an operator, a relation, or nothing. */
static const token_meaning commands[] = {
    {"cdot", TOKEN_OP, '*', NULL},
    {"times", TOKEN_OP, '*', NULL},
    {"odot", TOKEN_OP, '*', NULL},
    {"mid", TOKEN_OP, '|', NULL},
    {"vert", TOKEN_OP, '|', NULL},
    {"lvert", TOKEN_OP, '|', NULL},
    {"rvert", TOKEN_OP, '|', NULL},
    {"Vert", TOKEN_OP, 'N', NULL},
    {"lVert", TOKEN_OP, 'N', NULL},
    {"rVert", TOKEN_OP, 'N', NULL},
    {"parallel", TOKEN_OP, 'N', NULL},
    {"Vertical", TOKEN_OP, 'N', NULL},
    {"|", TOKEN_OP, 'N', NULL},
    {"{", TOKEN_OP, '[', NULL},
    {"}", TOKEN_OP, ']', NULL},
    {"lbrace", TOKEN_OP, '[', NULL},
    {"rbrace", TOKEN_OP, ']', NULL},
    {"lbrack", TOKEN_OP, '[', NULL},
    {"rbrack", TOKEN_OP, ']', NULL},
    {"langle", TOKEN_OP, '(', NULL},
    {"rangle", TOKEN_OP, ')', NULL},
    {"dots", TOKEN_OP, 'd', NULL},
    {"ldots", TOKEN_OP, 'd', NULL},
    {"cdots", TOKEN_OP, 'd', NULL},
    {"dotsc", TOKEN_OP, 'd', NULL},
    {"prime", TOKEN_OP, '\'', NULL},
    {"ast", TOKEN_OP, '*', NULL},
    {"star", TOKEN_OP, '*', NULL},
    {"div", TOKEN_OP, '/', NULL},
    {"le", TOKEN_RELATION, REL_LE, NULL},
    {"leq", TOKEN_RELATION, REL_LE, NULL},
    {"leqslant", TOKEN_RELATION, REL_LE, NULL},
    {"ge", TOKEN_RELATION, REL_GE, NULL},
    {"geq", TOKEN_RELATION, REL_GE, NULL},
    {"geqslant", TOKEN_RELATION, REL_GE, NULL},
    {"approx", TOKEN_RELATION, REL_APPROX, NULL},
    {"simeq", TOKEN_RELATION, REL_APPROX, NULL},
    {"propto", TOKEN_RELATION, REL_PROPTO, NULL},
    {"triangleq", TOKEN_RELATION, REL_DEFINE, NULL},
    {"coloneqq", TOKEN_RELATION, REL_DEFINE, NULL},
    {"coloneq", TOKEN_RELATION, REL_DEFINE, NULL},
    {"equiv", TOKEN_RELATION, REL_DEFINE, NULL},
    {"Rightarrow", TOKEN_RELATION, REL_IMPLIES, NULL},
    {"implies", TOKEN_RELATION, REL_IMPLIES, NULL},
    {"Longrightarrow", TOKEN_RELATION, REL_IMPLIES, NULL},
    {"iff", TOKEN_RELATION, REL_IMPLIES, NULL},
    {"Leftrightarrow", TOKEN_RELATION, REL_IMPLIES, NULL},
    {"therefore", TOKEN_RELATION, REL_IMPLIES, NULL},
    {"to", TOKEN_RELATION, REL_TO, NULL},
    {"rightarrow", TOKEN_RELATION, REL_TO, NULL},
    {"longrightarrow", TOKEN_RELATION, REL_TO, NULL},
    {"sim", TOKEN_RELATION, REL_SIM, NULL},
    {"in", TOKEN_RELATION, REL_OTHER, NULL},
    {"ll", TOKEN_RELATION, REL_OTHER, NULL},
    {"gg", TOKEN_RELATION, REL_OTHER, NULL},
    {"ne", TOKEN_RELATION, REL_OTHER, NULL},
    {"neq", TOKEN_RELATION, REL_OTHER, NULL},
    {"quad", TOKEN_SPACE, 0, NULL},
    {"qquad", TOKEN_SPACE, 0, NULL},
    {"varepsilon", TOKEN_WORD, 0, "epsilon"},
    {"eps", TOKEN_WORD, 0, "epsilon"},
    {"varphi", TOKEN_WORD, 0, "phi"},
    {"ell", TOKEN_WORD, 0, "ell"},
    {"ln", TOKEN_WORD, 0, "log"},
    {"dfrac", TOKEN_WORD, 0, "frac"},
    {"tfrac", TOKEN_WORD, 0, "frac"},
    {"cfrac", TOKEN_WORD, 0, "frac"},
    {"mathbbm", TOKEN_WORD, 0, "mathbb"},
    {"overline", TOKEN_WORD, 0, "bar"},
    {"widetilde", TOKEN_WORD, 0, "tilde"},
    {"widehat", TOKEN_WORD, 0, "hat"},
};

/* Commands without meaning here; `*_one` also lose their argument. */
static const char *const typography[] = {"left",
                                         "right",
                                         "big",
                                         "Big",
                                         "bigg",
                                         "Bigg",
                                         "bigl",
                                         "bigr",
                                         "Bigl",
                                         "Bigr",
                                         "biggl",
                                         "biggr",
                                         "Biggl",
                                         "Biggr",
                                         "bigm",
                                         "Bigm",
                                         "middle",
                                         ",",
                                         ";",
                                         ":",
                                         "!",
                                         " ",
                                         ">",
                                         "limits",
                                         "nonumber",
                                         "notag",
                                         "displaystyle",
                                         "textstyle",
                                         "scriptstyle",
                                         "nolimits",
                                         "allowbreak",
                                         "boxed",
                                         "cancel",
                                         "bcancel",
                                         "xcancel",
                                         "mathbf",
                                         "boldsymbol",
                                         "bm",
                                         "mathrm",
                                         "mathcal",
                                         "mathbb",
                                         "mathsf",
                                         "mathit",
                                         "operatorname",
                                         "bf",
                                         "rm",
                                         "mathstrut",
                                         "fbox",
                                         "ensuremath",
                                         "hfill",
                                         "centering",
                                         "mathscr",
                                         "medspace",
                                         "thinspace",
                                         "noindent"};
static const char *const typography_one[] = {"label", "tag",    "tag*",      "begin",   "end",
                                             "color", "hspace", "vspace",    "phantom", "hphantom",
                                             "ref",   "eqref",  "intertext", "hspace*", "vphantom"};

/* Words of plain text and of \text{...} that are names in formulas. */
static const char *const names[] = {"KL",     "SNR",  "ELBO", "VLB",  "MSE",  "MMSE", "const",
                                    "simple", "DKL",  "log",  "exp",  "sqrt", "tr",   "Var",
                                    "Cov",    "corr", "data", "vlb",  "elbo", "min",  "max",
                                    "det",    "TV",   "nats", "bits", "dim"};

static const struct {
    const char *bytes;
    token_meaning m;
} characters[] = {
    {"\xc2\xb7", {"", TOKEN_OP, '*', NULL}},
    {"\xe2\x8b\x85", {"", TOKEN_OP, '*', NULL}},
    {"\xc3\x97", {"", TOKEN_OP, '*', NULL}},
    {"\xe2\x88\x92", {"", TOKEN_OP, '-', NULL}},
    {"\xe2\x80\x93", {"", TOKEN_OP, '-', NULL}},
    {"\xe2\x80\x96", {"", TOKEN_OP, 'N', NULL}},
    {"\xe2\x88\xa5", {"", TOKEN_OP, 'N', NULL}},
    {"\xe2\x88\xa3", {"", TOKEN_OP, '|', NULL}},
    {"\xe2\x80\xa6", {"", TOKEN_OP, 'd', NULL}},
    {"\xe2\x89\xa4", {"", TOKEN_RELATION, REL_LE, NULL}},
    {"\xe2\x89\xa5", {"", TOKEN_RELATION, REL_GE, NULL}},
    {"\xe2\x89\x88", {"", TOKEN_RELATION, REL_APPROX, NULL}},
    {"\xe2\x88\x9d", {"", TOKEN_RELATION, REL_PROPTO, NULL}},
    {"\xe2\x89\x9c", {"", TOKEN_RELATION, REL_DEFINE, NULL}},
    {"\xe2\x87\x92", {"", TOKEN_RELATION, REL_IMPLIES, NULL}},
    {"\xe2\x86\x92", {"", TOKEN_RELATION, REL_TO, NULL}},
    {"\xe2\x88\xbc", {"", TOKEN_RELATION, REL_SIM, NULL}},
    {"\xce\xb1", {"", TOKEN_WORD, 0, "alpha"}},
    {"\xce\xb2", {"", TOKEN_WORD, 0, "beta"}},
    {"\xce\xb5", {"", TOKEN_WORD, 0, "epsilon"}},
    {"\xcf\xb5", {"", TOKEN_WORD, 0, "epsilon"}},
    {"\xce\xb8", {"", TOKEN_WORD, 0, "theta"}},
    {"\xce\xbc", {"", TOKEN_WORD, 0, "mu"}},
    {"\xcf\x83", {"", TOKEN_WORD, 0, "sigma"}},
    {"\xcf\x86", {"", TOKEN_WORD, 0, "phi"}},
    {"\xcf\x80", {"", TOKEN_WORD, 0, "pi"}},
    {"\xce\xb7", {"", TOKEN_WORD, 0, "eta"}},
    {"\xce\xa3", {"", TOKEN_WORD, 0, "sum"}},
    {"\xe2\x88\x91", {"", TOKEN_WORD, 0, "sum"}},
    {"\xce\xa0", {"", TOKEN_WORD, 0, "prod"}},
    {"\xe2\x88\x8f", {"", TOKEN_WORD, 0, "prod"}},
    {"\xe2\x88\x9a", {"", TOKEN_WORD, 0, "sqrt"}},
    {"\xe2\x88\xab", {"", TOKEN_WORD, 0, "int"}},
    {"\xe2\x88\x87", {"", TOKEN_WORD, 0, "nabla"}},
    {"\xf0\x9d\x94\xbc", {"", TOKEN_WORD, 0, "E"}},
    {"\xc2\xbd", {"half", TOKEN_NUMBER, 0, NULL}},
};

static bool listed(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}

const token_meaning *token_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

const token_meaning *token_character(const char *text, size_t *length)
{
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        *length = strlen(characters[i].bytes);
        if (strncmp(text, characters[i].bytes, *length) == 0) return &characters[i].m;
    }
    return NULL;
}

bool token_is_typography(const char *name)
{
    return listed(typography, sizeof typography / sizeof typography[0], name);
}

bool token_swallows_argument(const char *name)
{
    return listed(typography_one, sizeof typography_one / sizeof typography_one[0], name);
}

bool token_is_name(const char *name)
{
    return listed(names, sizeof names / sizeof names[0], name);
}
