/* A detached thread for each connection, with a stack of the usual size. */
#include "plain.h"
#include <pthread.h>
#include <stdint.h>

static void *serve(void *fd)
{
    echo((int)(intptr_t)fd);
    close((int)(intptr_t)fd);
    return NULL;
}

int main(void)
{
    int listener = listening();
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    for (;;) {
        pthread_t thread;
        int fd = client(listener);
        if (pthread_create(&thread, &attributes, serve, (void *)(intptr_t)fd) != 0)
            close(fd);
    }
}
