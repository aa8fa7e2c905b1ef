static void serve(int client)
{
    char buffer[4096];
    ssize_t n;
    while ((n = read(client, buffer, sizeof buffer)) > 0) //~ P read
        if (write(client, buffer, n) < 0) //~ P write
            break;
}

static void run(int listener)
{
    for (;;) {
        int client = accept(listener, NULL, NULL); //~ P accept accept4
        if (client < 0)
            continue;
        /* all others wait until it leaves */
        serve(client); //~ P> read write
        close(client);
    }
}
