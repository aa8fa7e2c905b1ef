static void welcome(int epoll, int listener)
{
    int client = accept4(listener, NULL,
                         NULL, SOCK_NONBLOCK);
    struct epoll_event event = {
        .events = EPOLLIN,
        .data.fd = client,
    };
    if (client >= 0)
        epoll_ctl(epoll, EPOLL_CTL_ADD,
                  client, &event);
}

static void echo(int fd)
{
    char buffer[4096];
    /* it is ready: this never waits */
    ssize_t n = read(fd, buffer,
                     sizeof buffer);
    if (n <= 0 || write(fd, buffer, n) < 0)
        close(fd);
}

static void run(int listener)
{
    struct epoll_event event = {
        .events = EPOLLIN,
        .data.fd = listener,
    };
    struct epoll_event ready[256];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll, EPOLL_CTL_ADD,
              listener, &event);
    for (;;) {
        int n = epoll_wait(epoll, ready, 256, -1); //~ P epoll_wait epoll_pwait
        for (int i = 0; i < n; i++)
            if (ready[i].data.fd == listener)
                welcome(epoll, listener);
            else
                echo(ready[i].data.fd);
    }
}
