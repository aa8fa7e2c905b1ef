//[ loop
static void on_child(int signal)
{
    (void)signal;
    int saved = errno;
    while (waitpid(-1, NULL, WNOHANG) > 0) /* one SIGCHLD can stand for many */
        ;
    errno = saved;
}

//]
//[ once
static void on_child(int signal)
{
    (void)signal;
    int saved = errno;
    waitpid(-1, NULL, WNOHANG); /* the bug: one wait, and signals do not queue */
    errno = saved;
}

//]
static void serve(int client)
{
    char buffer[4096];
    ssize_t count;
    while ((count = read(client, buffer, sizeof buffer)) > 0) //~ C read
        if (write(client, buffer, (size_t)count) < 0) //~ C write
            break;
}

static void run(int listener)
{
//[ loop once
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
    sigaction(SIGCHLD, &action, NULL);
//]
//[ ignore
    signal(SIGCHLD, SIG_IGN); /* the kernel reaps, and the status is lost */
//]
//[ nocldwait
    struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT};
    sigaction(SIGCHLD, &action, NULL);
//]
//[ signalfd
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int ended = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
//]
    for (;;) {
//[ signalfd
        struct pollfd ready[] = {{listener, POLLIN, 0}, {ended, POLLIN, 0}};
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
            continue; /* EINTR: a signal came */
//[ poll
        while (waitpid(-1, NULL, WNOHANG) > 0) /* only when a client comes */
            ;
//]
        pid_t pid = fork(); //~ P clone vfork
        if (pid == 0) {
            close(listener);
//[ double-fork
            if (fork() != 0) //~ C clone
                _exit(0); /* the grandchild serves, an orphan */
//]
            serve(client); //~ C read write
            _exit(0);
        }
        close(client); /* else the client never sees the end */
//[ wait
        wait(NULL); /* nobody is accepted meanwhile */ //~ P wait4
//]
//[ double-fork
        waitpid(pid, NULL, 0); //~ P wait4
//]
    }
}
