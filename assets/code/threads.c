static void *serve(void *connection)
{
    int client = (int)(intptr_t)connection;
    char buffer[4096];
    ssize_t count;
    while ((count = read(client, buffer, sizeof buffer)) > 0) //~ C read
        if (write(client, buffer, (size_t)count) < 0) //~ C write
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
        pthread_t thread; /* one process, a thread for each client */
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)client) == 0) //~ P clone
            pthread_detach(thread);
        else
            close(client);
    }
}
