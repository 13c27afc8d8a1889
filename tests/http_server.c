/* http_server -- serves one directory on 127.0.0.1 for the tests, well or badly as the path says.
 *
 * Usage: http_server DIR [SECONDS]
 * Prints its port on stdout and one line "PATH RANGE" per request on stderr, and ends when stdin
 * closes or after SECONDS (30).  Paths under /cut/ lose the connection after half of the body;
 * paths under /norange/ ignore Range requests, as simple servers do.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* Opens a listening socket on a free port of 127.0.0.1 and prints the port; -1 on failure. */
static int listen_locally(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
        listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return -1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

/* Reads up to the empty line that ends a request's head; 0 if it does not come. */
static int read_head(int client, char *head, size_t size)
{
    const struct timeval patience = {.tv_sec = 5};
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    size_t used = 0;
    do {
        const ssize_t got = read(client, head + used, size - 1 - used);
        if (got <= 0) return 0;
        used += (size_t)got;
        head[used] = '\0';
    } while (strstr(head, "\r\n\r\n") == NULL && used < size - 1);
    return strstr(head, "\r\n\r\n") != NULL;
}

/* The file a path names, or NULL: "..", and whatever cannot be opened, is not there. */
static FILE *open_below(const char *dir, const char *path)
{
    char full[4096];
    const int length = snprintf(full, sizeof full, "%s%s", dir, path);
    if (length < 0 || (size_t)length >= sizeof full || strstr(path, "..") != NULL) return NULL;
    return fopen(full, "rb");
}

/* Sends count bytes of file, as far as they go. */
static void send_body(FILE *out, FILE *file, long count)
{
    for (int c; count > 0 && (c = getc(file)) != EOF; count--) putc(c, out);
}

/* Answers one GET request for path, from byte `first` if a range was asked for (first >= 0). */
static void answer(FILE *out, FILE *file, const char *path, long first)
{
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        fputs("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", out);
        return;
    }
    const long size = ftell(file);
    if (first >= size) {
        fprintf(out,
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */%ld\r\n"
                "Content-Length: 0\r\nConnection: close\r\n\r\n",
                size);
        return;
    }
    const long from = first < 0 ? 0 : first, count = size - from;
    if (first >= 0)
        fprintf(out, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %ld-%ld/%ld\r\n", from,
                size - 1, size);
    else
        fputs("HTTP/1.1 200 OK\r\n", out);
    fprintf(out, "Content-Length: %ld\r\nConnection: close\r\n\r\n", count);
    fseek(file, from, SEEK_SET);
    send_body(out, file, strncmp(path, "/cut/", 5) == 0 ? count / 2 : count);
}

/* Reads, logs and answers one request, and closes the connection. */
static void serve(int client, const char *dir)
{
    char head[4096], path[1024];
    FILE *out = fdopen(client, "wb");
    if (out == NULL || !read_head(client, head, sizeof head) ||
        sscanf(head, "GET %1023s HTTP/", path) != 1) {
        out == NULL ? close(client) : fclose(out);
        return;
    }
    const char *range = strstr(head, "\r\nRange: bytes=");
    const long first = range == NULL ? -1 : strtol(range + strlen("\r\nRange: bytes="), NULL, 10);
    fprintf(stderr, "%s %ld\n", path, first);
    FILE *file = open_below(dir, path);
    answer(out, file, path, strncmp(path, "/norange/", 9) == 0 ? -1 : first);
    if (file != NULL) fclose(file);
    fclose(out);
}

int main(int argc, char **argv)
{
    const time_t end = time(NULL) + (argc > 2 ? atoi(argv[2]) : 30);
    const int listener = argc > 1 ? listen_locally() : -1;
    if (listener < 0) {
        fputs("http_server: cannot listen, or no directory given\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct pollfd watched[] = {{STDIN_FILENO, POLLIN, 0}, {listener, POLLIN, 0}};
    while (time(NULL) < end) {
        if (poll(watched, 2, 1000) < 0 || watched[0].revents != 0) return 0;
        const int client = watched[1].revents != 0 ? accept(listener, NULL, NULL) : -1;
        if (client >= 0) serve(client, argv[1]);
    }
    return 0;
}
