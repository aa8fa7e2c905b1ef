/* What the four have in common: the listening socket, where it listens, and the echo of one connection. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int listening(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        die("socket");
    if (bind(fd, (struct sockaddr *)&address, length) < 0 || listen(fd, -1) < 0)
        die("listen");
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        die("getsockname");
    printf("listening 127.0.0.1:%d pid %d\n", ntohs(address.sin_port), getpid());
    fflush(stdout);
    signal(SIGPIPE, SIG_IGN);
    return fd;
}

/* Accepts until it gets somebody. */
static inline int client(int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) < 0)
        if (errno != EINTR && errno != ECONNABORTED)
            die("accept");
    return fd;
}

static inline void echo(int fd)
{
    char buffer[4096];
    ssize_t count, sent, more;
    while ((count = read(fd, buffer, sizeof buffer)) > 0)
        for (sent = 0; sent < count; sent += more)
            if ((more = write(fd, buffer + sent, count - sent)) < 0)
                return;
}
