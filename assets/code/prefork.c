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
static void work(int listener)
{
    char buffer[4096];
    ssize_t count;
    for (;;) {
        int client = accept(listener, NULL, NULL); //~ C accept accept4
        if (client < 0)
            continue;
        while ((count = read(client, buffer, sizeof buffer)) > 0) //~ C read
            if (write(client, buffer, (size_t)count) < 0) //~ C write
                break;
        close(client);
    }
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
    struct pollfd ended = {signalfd(-1, &child, SFD_CLOEXEC), POLLIN, 0};
//]
    for (int i = 0; i < 4; i++) /* before anybody has come */
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
