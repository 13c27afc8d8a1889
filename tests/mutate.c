/* mutate.c -- lists the operator mutants of a C file, or prints the file with one of them applied.
 *
 * usage: mutate FILE.c            one line per mutant: number, line, function, operator, the changed line
 *        mutate FILE.c NUMBER     the whole file with that mutant
 *
 * Operators (inside function bodies only): + and - exchanged, * and / exchanged, index t and t-1
 * exchanged, a sqrt dropped, a square dropped, alpha and alpha_bar, beta and beta_tilde exchanged,
 * alpha_bar for var_bar (1-x to x), < and <=, > and >= exchanged, a constant doubled or halved, a
 * returned value negated.
 *
 * Left alone, because no value of a formula depends on them: guards, `if (!(...))` and what follows
 * GSL_ERROR on a line (tests/test_theory.c provokes each error), sizes and layout of memory (valgrind
 * and the sanitizers watch them), declarations of pointers, and `i < n` of a loop (beyond its array). */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TOKENS = 40000, MOST_BYTES = 400000 };

typedef struct token {
    size_t at, length; /* in the text */
    int line, depth;
    const char *function;
} token;

static char text[MOST_BYTES + 1];
static token tokens[MOST_TOKENS];
static size_t n_tokens, n_mutants;
static long wanted = -1;

/* ---- Tokens ---- */

static bool is(size_t i, const char *word)
{
    return i < n_tokens && strlen(word) == tokens[i].length &&
           strncmp(text + tokens[i].at, word, tokens[i].length) == 0;
}

static bool is_name(size_t i)
{
    return i < n_tokens &&
           (isalpha((unsigned char)text[tokens[i].at]) || text[tokens[i].at] == '_');
}

static bool is_number(size_t i)
{
    return i < n_tokens && isdigit((unsigned char)text[tokens[i].at]);
}

static size_t token_length(const char *p)
{
    static const char *const pairs[] = {"->", "++", "--", "<=", ">=", "==", "!=", "&&",
                                        "||", "+=", "-=", "*=", "/=", "<<", ">>"};
    size_t n = 1;
    if (isalpha((unsigned char)*p) || *p == '_') {
        while (isalnum((unsigned char)p[n]) || p[n] == '_') n++;
        return n;
    }
    if (isdigit((unsigned char)*p)) {
        while (isalnum((unsigned char)p[n]) || p[n] == '.' ||
               ((p[n] == '-' || p[n] == '+') && (p[n - 1] == 'e' || p[n - 1] == 'E')))
            n++;
        return n;
    }
    for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++)
        if (strncmp(p, pairs[k], 2) == 0) return 2;
    return 1;
}

/* Skip blanks, comments, strings and preprocessor lines. */
static const char *skip(const char *p, int *line)
{
    for (;;) {
        const char *const before = p;
        while (*p && isspace((unsigned char)*p)) *line += *p++ == '\n';
        if (p[0] == '/' && p[1] == '*') {
            while (*p && !(p[0] == '*' && p[1] == '/')) *line += *p++ == '\n';
            if (*p) p += 2;
        }
        if (*p == '#')
            while (*p && *p != '\n') p++;
        if (*p == '"' || *p == '\'') {
            const char quote = *p++;
            while (*p && *p != quote) p += *p == '\\' ? 2 : 1;
            if (*p) p++;
        }
        if (p == before) return p;
    }
}

static char *copy_of(size_t i)
{
    char *name = calloc(tokens[i].length + 1, 1);
    if (name) memcpy(name, text + tokens[i].at, tokens[i].length);
    return name;
}

/* A function begins where, at depth 0, `)` is followed by `{`: its name stands before the matching `(`. */
static const char *function_before(size_t brace)
{
    int open = 0;
    for (size_t i = brace; i-- > 0;) {
        open += is(i, ")") - is(i, "(");
        if (open == 0) return i > 0 && is_name(i - 1) ? copy_of(i - 1) : NULL;
    }
    return NULL;
}

static void tokenise(void)
{
    int line = 1, depth = 0;
    const char *function = NULL;
    for (const char *p = skip(text, &line); *p; p = skip(p, &line)) {
        if (n_tokens == MOST_TOKENS) exit(2);
        token *t = &tokens[n_tokens];
        *t = (token){(size_t)(p - text), token_length(p), line, depth, function};
        n_tokens++;
        if (*p == '{') {
            if (depth == 0 && n_tokens > 1 && is(n_tokens - 2, ")"))
                function = function_before(n_tokens - 1);
            depth++;
        }
        if (*p == '}' && --depth == 0) function = NULL;
        p += t->length;
    }
}

/* ---- Mutants ---- */

static void put_flat(char c)
{
    putchar(c == '\n' || c == '\t' ? ' ' : c);
}

static void print_line_with(size_t from, size_t to, const char *instead)
{
    size_t begin = from, end = to;
    while (begin > 0 && text[begin - 1] != '\n') begin--;
    while (text[end] && text[end] != '\n') end++;
    while (isspace((unsigned char)text[begin])) begin++;
    for (size_t i = begin; i < from; i++) put_flat(text[i]);
    for (; *instead; instead++) put_flat(*instead);
    for (size_t i = to; i < end; i++) put_flat(text[i]);
    putchar('\n');
}

/* Replace text[from, to) by instead: list it, or print the file when it is the wanted one. */
static void mutant(size_t i, const char *operator, size_t from, size_t to, const char *instead)
{
    const long number = (long)n_mutants++;
    if (wanted < 0) {
        printf("%ld\t%d\t%s\t%s\t", number, tokens[i].line, tokens[i].function, operator);
        print_line_with(from, to, instead);
    } else if (number == wanted) {
        fwrite(text, 1, from, stdout);
        fputs(instead, stdout);
        fputs(text + to, stdout);
    }
}

static void replace(size_t i, const char *operator, const char * instead)
{
    mutant(i, operator, tokens[i].at, tokens[i].at + tokens[i].length, instead);
}

/* Is the + - * / at i a binary operator?  Not after an operator, and not in a declaration. */
static bool binary(size_t i)
{
    static const char *const types[] = {"double",
                                        "char",
                                        "size_t",
                                        "int",
                                        "unsigned",
                                        "const",
                                        "schedule",
                                        "mixture",
                                        "linear_chain",
                                        "reverse_model",
                                        "gsl_rng",
                                        "denoiser",
                                        "law",
                                        "void",
                                        "return",
                                        "sampler_oracle",
                                        "sizeof",
                                        "reverse_denoiser",
                                        "reverse_oracle",
                                        "distance_pairs",
                                        "distance_law",
                                        "distance_metric",
                                        "distance_slices",
                                        "float",
                                        "ladder",
                                        "score_model",
                                        "band",
                                        "walk"};
    if (i == 0 || !(is_name(i - 1) || is_number(i - 1) || is(i - 1, ")") || is(i - 1, "]")))
        return false;
    for (size_t k = 0; k < sizeof types / sizeof types[0]; k++)
        if (is(i - 1, types[k])) return false;
    if (is(i, "*") && is(i + 1, ")")) return false; /* (real *) */
    if (is(i, "*") && i >= 2 && is_name(i - 1) && !is(i - 1, "return") &&
        (is(i - 2, ";") || is(i - 2, "{") || is(i - 2, "}") || is(i - 2, "const") ||
         is(i - 2, "static")))
        return false; /* real *x; a product is never the beginning of a statement */
    static const char *const casts[] = {"double", "size_t", "real", "uint64_t", "uint32_t"};
    for (size_t k = 0; k < sizeof casts / sizeof casts[0]; k++)
        if (is(i - 1, ")") && i >= 3 && is(i - 2, casts[k]) && is(i - 3, "(")) return false;
    return true;
}

static void arithmetic(size_t i)
{
    if (!binary(i)) return;
    const bool index = (is(i, "-") && is(i - 1, "t") && is(i + 1, "1"));
    if (is(i, "+")) replace(i, "+ to -", "-");
    if (is(i, "-") && !index) replace(i, "- to +", "+");
    if (is(i, "*")) replace(i, "* to /", "/");
    if (is(i, "/")) replace(i, "/ to *", "*");
}

static void indices(size_t i)
{
    if (!is(i, "t") || !(is(i - 1, "[") || is(i - 1, ","))) return;
    if (is(i + 1, "-") && is(i + 2, "1"))
        mutant(i, "t-1 to t", tokens[i].at, tokens[i + 2].at + 1, "t");
    else if (is(i + 1, "]") || is(i + 1, ",") || is(i + 1, ")"))
        replace(i, "t to t-1", "t - 1");
}

static void fields(size_t i)
{
    static const char *const pairs[][2] = {{"alpha", "alpha_bar"},
                                           {"alpha_bar", "alpha"},
                                           {"beta", "beta_tilde"},
                                           {"beta_tilde", "beta"},
                                           {"var_bar", "alpha_bar"}};
    if (!is(i - 1, "->")) return;
    for (size_t k = 0; k < 5; k++)
        if (is(i, pairs[k][0]))
            replace(i, k == 4 ? "1-x to x" : "alpha/alpha_bar, beta/beta_tilde", pairs[k][1]);
}

static void calls(size_t i)
{
    if (is(i, "sqrt") && is(i + 1, "(")) replace(i, "sqrt dropped", "");
    if (is(i, "gsl_pow_2") && is(i + 1, "(")) replace(i, "square dropped", "");
    if (is(i, "1.0") && is(i + 1, "-"))
        mutant(i, "1-x to x", tokens[i].at, tokens[i + 1].at + 1, "");
}

/* Does the line of token i contain this text? */
static bool line_has(size_t i, const char *part)
{
    size_t begin = tokens[i].at, end = tokens[i].at;
    while (begin > 0 && text[begin - 1] != '\n') begin--;
    while (text[end] && text[end] != '\n') end++;
    for (size_t k = begin; k + strlen(part) <= end; k++)
        if (strncmp(text + k, part, strlen(part)) == 0) return true;
    return false;
}

static bool is_formula(size_t i)
{
    static const char *const marks[] = {"GSL_ERROR", "if (!(", "alloc(", "allocate(",
                                        "memcpy",    "block",  "if (!",  "_free("};
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++)
        if (line_has(i, marks[k])) return false;
    return !(is(i, "*") && is(i - 1, "law")) &&
           !(is(i, "*") && is(i - 1, ")") && is(i + 1, "abserr"));
}

static void comparisons(size_t i)
{
    if (line_has(i, "for (") && (is(i, "<") || is(i, ">"))) return;
    if (is(i, "<=")) replace(i, "<= to <", "<");
    if (is(i, "<")) replace(i, "< to <=", "<=");
    if (is(i, ">=")) replace(i, ">= to >", ">");
    if (is(i, ">")) replace(i, "> to >=", ">=");
}

static void constants(size_t i)
{
    char instead[80];
    if (!is_number(i) || !memchr(text + tokens[i].at, '.', tokens[i].length) ||
        tokens[i].length > 40)
        return;
    if (strtod(text + tokens[i].at, NULL) == 0.0) return;
    snprintf(instead, sizeof instead, "(2.0 * %.*s)", (int)tokens[i].length, text + tokens[i].at);
    replace(i, "constant doubled", instead);
    snprintf(instead, sizeof instead, "(0.5 * %.*s)", (int)tokens[i].length, text + tokens[i].at);
    replace(i, "constant halved", instead);
}

/* Only numbers can be negated: the function must return double. */
static bool returns_double(size_t i)
{
    for (size_t k = i; k-- > 0;)
        if (tokens[k].depth == 0 && is_name(k) && tokens[i].function && is(k, tokens[i].function) &&
            is(k + 1, "("))
            return k > 0 && is(k - 1, "double");
    return false;
}

static void returns(size_t i)
{
    if (!is(i, "return") || is(i + 1, ";") || !returns_double(i)) return;
    size_t end = i;
    while (end < n_tokens && !is(end, ";")) end++;
    char *expression = calloc(tokens[end].at - tokens[i + 1].at + 16, 1);
    if (!expression) exit(2);
    sprintf(expression, "-(%.*s)", (int)(tokens[end].at - tokens[i + 1].at),
            text + tokens[i + 1].at);
    mutant(i, "return negated", tokens[i + 1].at, tokens[end].at, expression);
    free(expression);
}

int main(int argc, char **argv)
{
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!f) {
        fprintf(stderr, "usage: mutate FILE.c [NUMBER]\n");
        return 2;
    }
    text[fread(text, 1, MOST_BYTES, f)] = '\0';
    fclose(f);
    if (argc > 2) wanted = atol(argv[2]);
    tokenise();
    for (size_t i = 1; i < n_tokens; i++) {
        if (tokens[i].depth == 0 || !tokens[i].function || !is_formula(i)) continue;
        arithmetic(i);
        indices(i);
        fields(i);
        calls(i);
        comparisons(i);
        constants(i);
        returns(i);
    }
    return wanted >= (long)n_mutants ? 2 : 0;
}
