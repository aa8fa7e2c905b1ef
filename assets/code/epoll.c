static void run(int listener)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    struct epoll_event ready[256];
    char buffer[4096];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(epoll, ready, 256, -1); //~ P epoll_wait epoll_pwait
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) { /* somebody asks for a connection */
                event.data.fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                if (event.data.fd >= 0)
                    epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
                continue;
            }
            ssize_t got = read(fd, buffer, sizeof buffer); /* never waits */
            if (got <= 0 || write(fd, buffer, (size_t)got) < 0)
                close(fd);
        }
    }
}
