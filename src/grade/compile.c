/* compile.c -- from a student's file to a library that the function server can load. */
#include "grade/compile.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "grade/function.h"

enum { SHOWN_ERRORS = 6 };

static bool put(const confinement *c, const char *scratch, const char *name, const char *bytes,
                size_t n)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", scratch, name);
    return text_write_file(path, bytes, n) && (!c->root || chown(path, c->uid, (gid_t)-1) == 0);
}

static bool put_copy(const confinement *c, const char *scratch, const char *name, const char *from)
{
    text bytes = {0};
    const bool ok =
        text_read_file(&bytes, from, 1u << 20) && put(c, scratch, name, bytes.at, bytes.size);
    text_free(&bytes);
    return ok;
}

/* Calls to the functions of the sheet go through the server, so that a wrong one can be replaced; calls
 * to all other names stay in the library, so that a helper may be called gamma or y1, or like a function
 * of another sheet. */
static bool put_interface(const confinement *c, const char *scratch, const char *header)
{
    text list = {0}, sheet = {0};
    bool ok = text_read_file(&sheet, header, 1u << 20);
    text_add(&list, "{\n");
    for (int f = 0; f < F_COUNT && ok; f++) {
        char prototype[80];
        snprintf(prototype, sizeof prototype, " %s(", function_names[f]);
        if (strstr(text_of(&sheet), prototype)) text_add(&list, "  %s;\n", function_names[f]);
    }
    text_add(&list, "};\n");
    ok = ok && put(c, scratch, "interface", list.at, list.size);
    text_free(&list);
    text_free(&sheet);
    return ok;
}

static bool prepare(const confinement *c, const char *scratch, const char *headers,
                    const char *name, const text *source)
{
    char from[1024], header[128], file[128];
    snprintf(file, sizeof file, "%s.c", name);
    snprintf(header, sizeof header, "%s.h", name);
    snprintf(from, sizeof from, "%s/%s/%s", headers, name, header);
    if (!put_copy(c, scratch, header, from) || !put_interface(c, scratch, from)) return false;
    snprintf(from, sizeof from, "%s/noise.h", headers);
    return put_copy(c, scratch, "noise.h", from) &&
           put(c, scratch, file, text_of(source), source->size);
}

/* "hw03.c:12:5: error: ..." becomes "line 12: error: ..."; the rest of gcc's talk is left out. */
static void word_errors(compilation *result, const char *said, const char *file)
{
    int shown = 0;
    const size_t length = strlen(file);
    for (const char *line = said; *line && shown < SHOWN_ERRORS;) {
        const char *end = strchr(line, '\n');
        const size_t n = end ? (size_t)(end - line) : strlen(line);
        char one[512];
        snprintf(one, sizeof one, "%.*s", (int)(n < 400 ? n : 400), line);
        const char *severity = strstr(one, ": fatal error: ");
        if (!severity) severity = strstr(one, ": error: ");
        if (!severity) severity = strstr(one, ": warning: ");
        if (severity) {
            const int where = strncmp(one, file, length) == 0 ? atoi(one + length + 1) : 0;
            if (where > 0) text_add(&result->errors, "line %d: ", where);
            text_add_plain(&result->errors, severity + 2, 300);
            text_add(&result->errors, "\n");
            shown++;
        }
        line += n + (end != NULL);
    }
}

static const char *sentence(int status, bool late)
{
    const int code = WIFSIGNALED(status) ? WTERMSIG(status) + 128
                     : WIFEXITED(status) ? WEXITSTATUS(status)
                                         : 0;
    if (late || code == 128 + SIGXCPU || code == 128 + SIGKILL)
        return "The compiler did not finish within its time limit.";
    if (code == 128 + SIGXFSZ) return "The compiled program is too big.";
    return ""; /* the compiler's lines say why */
}

compilation compile(const confinement *c, const char *compiler, const char *scratch,
                    const char *headers, const char *name, const text *source)
{
    compilation result = {0};
    if (!prepare(c, scratch, headers, name, source)) {
        text_add(&result.complaint, "The grader could not write its files for %s.", name);
        return result;
    }
    char file[128], library[128], log[1024], path[1024];
    snprintf(file, sizeof file, "%s.c", name);
    snprintf(library, sizeof library, "%s.so", name);
    snprintf(log, sizeof log, "%s.log", scratch);
    snprintf(path, sizeof path, "%s/%s", scratch, library);
    const bool clang = strstr(compiler, "clang") != NULL;
    const char *const argv[] = {compiler,
                                "-std=c11",
                                "-O1",
                                "-fPIC",
                                "-fsemantic-interposition",
                                "-ffp-contract=off",
                                "-Wall",
                                clang ? "-fno-caret-diagnostics" : "-fno-diagnostics-show-caret",
                                "-Werror=implicit-function-declaration",
                                clang ? "-ferror-limit=6" : "-fmax-errors=6",
                                "-shared",
                                "-Wl,--dynamic-list=interface",
                                "-o",
                                library,
                                file,
                                "-lm",
                                NULL};
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int err = open(log, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const sandbox_job job = {.argv = argv,
                             .scratch = scratch,
                             .scratch_writable = true,
                             .tools = true,
                             .in = null,
                             .out = null,
                             .err = err,
                             .wire_in = -1,
                             .wire_out = -1,
                             .cpu_seconds = 10,
                             .memory = 1ul << 30,
                             .file_size = 16ul << 20,
                             .processes = 32};
    bool late = true;
    int status = -1;
    text said = {0};
    for (int attempt = 0; attempt < 3; attempt++) { /* the confinement may be short of something */
        const struct timespec nap = {.tv_nsec = 200000000};
        const pid_t pid = sandbox_start(c, &job);
        status = pid > 0 ? sandbox_wait(pid, 12.0, &late) : -1;
        text_free(&said);
        if (!text_read_file(&said, log, 17u << 20)) text_add(&said, "the log is unreadable\n");
        result.fault = pid <= 0 || sandbox_fault(text_of(&said));
        if (!result.fault) break;
        nanosleep(&nap, NULL);
        if (ftruncate(err, 0) != 0 || lseek(err, 0, SEEK_SET) != 0) break;
    }
    close(null);
    close(err);
    struct stat made;
    if (said.size > 65536) said.at[65536] = '\0';
    result.ok = !result.fault && !late && WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
                lstat(path, &made) == 0 && S_ISREG(made.st_mode);
    if (!result.ok)
        text_add(&result.complaint, "%s",
                 result.fault ? "The grader could not start the compiler; this is not your fault."
                              : sentence(status, late));
    word_errors(&result, text_of(&said), file);
    if (!result.ok && result.errors.size == 0) text_add_plain(&result.errors, text_of(&said), 600);
    text_free(&said);
    unlink(log);
    return result;
}

void compilation_free(compilation *c)
{
    text_free(&c->complaint);
    text_free(&c->errors);
}
