static void *serve(void *connection)
{
    int client = (int)(intptr_t)connection;
    char buffer[4096];
    ssize_t n;
    while ((n = read(client, buffer, sizeof buffer)) > 0) //~ C read
        if (write(client, buffer, n) < 0) //~ C write
            break;
    close(client);
    return NULL;
}

static void run(int listener)
{
    for (;;) {
        int client = accept(listener, NULL, NULL); //~ P accept accept4
        if (client < 0)
            continue;
        /* a thread for each client */
        pthread_t thread;
        void *one = (void *)(intptr_t)client;
        if (pthread_create(&thread, NULL, serve, one) == 0) //~ P clone
            pthread_detach(thread);
        else
            close(client);
    }
}
