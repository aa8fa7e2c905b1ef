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
static void serve(int client)
{
    char buffer[4096];
    ssize_t n;
    while ((n = read(client, buffer, sizeof buffer)) > 0) //~ C read
        if (write(client, buffer, n) < 0) //~ C write
            break;
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
    int flags = SFD_CLOEXEC | SFD_NONBLOCK;
    int ended = signalfd(-1, &child, flags);
//]
    for (;;) {
//[ signalfd
        struct pollfd ready[] = {
            {listener, POLLIN, 0},
            {ended, POLLIN, 0},
        };
        poll(ready, 2, -1); //~ P poll
        struct signalfd_siginfo one;
        if (read(ended, &one, sizeof one) > 0)
            while (waitpid(-1, NULL, WNOHANG) > 0)
                ;
        if (!ready[0].revents)
            continue;
//]
        int client = accept(listener, NULL, NULL); //~ P accept accept4
        if (client < 0)
            continue; /* EINTR: a signal */
//[ poll
        /* only when a client comes */
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
//]
        pid_t pid = fork(); //~ P clone vfork
        if (pid == 0) {
            close(listener);
//[ double-fork
            if (fork() != 0) //~ C clone
                _exit(0);
            /* the grandchild, an orphan: */
//]
            serve(client); //~ C> read write
            _exit(0);
        }
        /* else the client sees no end */
        close(client);
//[ wait
        /* nobody is accepted meanwhile */
        wait(NULL); //~ P wait4
//]
//[ double-fork
        waitpid(pid, NULL, 0); //~ P wait4
//]
    }
}
