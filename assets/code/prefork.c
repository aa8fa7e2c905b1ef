//[ loop
static void on_child(int signal)
{
    (void)signal;
    int saved = errno;
    /* one SIGCHLD can stand for many */
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = saved;
}

//]
//[ once
static void on_child(int signal)
{
    (void)signal;
    int saved = errno;
    /* the bug: signals do not queue */
    waitpid(-1, NULL, WNOHANG);
    errno = saved;
}

//]
static void work(int listener)
{
    char buffer[4096];
    ssize_t n;
    for (;;) {
        int client = accept(listener, NULL, NULL); //~ C accept accept4
        if (client < 0)
            continue;
        while ((n = read(client, buffer, sizeof buffer)) > 0) //~ C read
            if (write(client, buffer, n) < 0) //~ C write
                break;
        close(client);
    }
}

static void run(int listener)
{
//[ loop once
    struct sigaction action = {
        .sa_handler = on_child,
        .sa_flags = SA_NOCLDSTOP,
    };
    sigaction(SIGCHLD, &action, NULL);
//]
//[ ignore
    /* the kernel reaps: the status is lost */
    signal(SIGCHLD, SIG_IGN);
//]
//[ nocldwait
    struct sigaction action = {
        .sa_handler = SIG_DFL,
        .sa_flags = SA_NOCLDWAIT,
    };
    sigaction(SIGCHLD, &action, NULL);
//]
//[ signalfd
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int fd = signalfd(-1, &child, SFD_CLOEXEC);
    struct pollfd ended = {fd, POLLIN, 0};
//]
    /* before anybody has come */
    for (int i = 0; i < 4; i++)
        if (fork() == 0) //~ P clone
            work(listener);
    for (;;) {
//[ signalfd
        struct signalfd_siginfo one;
        poll(&ended, 1, -1); //~ P poll
        if (read(ended.fd, &one, sizeof one) > 0)
            while (waitpid(-1, NULL, WNOHANG) > 0)
                ;
//]
//[ wait
        wait(NULL); //~ P wait4
//]
//[ loop once none ignore nocldwait
        pause(); /* until a signal comes */ //~ P pause rt_sigsuspend
//]
    }
}
