/* So many children, forked beforehand, that all accept on the same socket. */
#include "plain.h"

int main(int count, char **arguments)
{
    int listener = listening();
    int workers = count > 1 ? atoi(arguments[1]) : 5;
    for (; workers > 0; workers--)
        switch (fork()) {
        case -1:
            die("fork");
            break;
        case 0:
            for (;;) {
                int fd = client(listener);
                echo(fd);
                close(fd);
            }
        }
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    return 0;
}
