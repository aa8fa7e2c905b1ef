title = process IDs
about = How PIDs are given out, who has PID 1, why ps au does not list a daemon, and when a PID comes again.
role-a = child
role-x = first
role-y = second

given = Every process is given an ID by the operating system, an integer of 2 or more. Here one process has forked three times.
given-say = They are given out in ascending order; a gap means that somebody else on this machine forked in between. fork tells the parent each of them: the variables a, b and c.

first = PID 1 is not one that a program of yours can get.
first-say = 1 is given to the process that the kernel starts first, when the system starts; it lives as long as the system does, so the number is never free. 2 is usually kthreadd, the parent of the kernel's own threads.

ps = `ps au` lists the processes of all users that have a terminal. P has none: it runs in a session of its own, as a daemon does.
ps-ask = Is P in the list of ps au?
ps-is-listed = yes
ps-is-unlisted = no
ps-say = No. With x, `ps aux` lists those without a terminal too. `forkscope snapshot` has the same columns, for one tree.

key = There are only so many PIDs: after pid_max the kernel starts again from the small ones that are free.
key-say = So a PID names a process only as long as it lives. With the start time beside it (here in clock ticks after boot) it is a name that never comes again; forkscope uses the two together.

inside = P asks for a new PID namespace for the children that it will have (unshare), and forks A.
inside-ask = A calls getpid(). What does it get?
inside-say = 1: inside, it is the first. Outside it is { $a }; one process with two PIDs. So in a container an ordinary program can be PID 1, and must then wait for orphans as init does.

born = Inside, A forks X, which gets the next PID there.
born-say = fork returned the inner PID of X to A. X is about to exit.

again = X exits and is waited for. Then A tells the kernel (ns_last_pid) to count on from there, and forks Y. Elsewhere that takes 32768 forks or more.
again-ask = Which PID does Y get inside?
again-say = 2, the one that X had: the same number, another process. Only the start time tells them apart.
after = Next: forkscope lesson fork
