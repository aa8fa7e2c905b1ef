/* A child for each connection, reaped in a handler of SIGCHLD: the textbook's server, and nothing else. */
#include "plain.h"

static void reap(int signal)
{
    int kept = errno;
    (void)signal;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = kept;
}

int main(void)
{
    int listener = listening();
    struct sigaction action = {.sa_handler = reap, .sa_flags = SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    for (;;) {
        int fd = client(listener);
        switch (fork()) {
        case -1:
            perror("fork");
            break;
        case 0:
            close(listener);
            echo(fd);
            _exit(0);
        }
        close(fd);
    }
}
