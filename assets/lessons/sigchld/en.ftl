title = SIGCHLD
about = The signal that says a child has changed: why it does not count, what a handler must do, and what ignoring costs.

bit = The parent has 20 children and keeps SIGCHLD blocked. All 20 exit.
bit-ask = How many SIGCHLD are pending then?
bit-say = One. Pending is a bit in the mask ShdPnd, not a counter: 20 exits, one bit. One SIGCHLD means: at least one child has changed.

once = A handler with one waitpid. While the parent was stopped (SIGSTOP), 20 children exited; now it is resumed (SIGCONT).
once-ask = How many children will be reaped?
once-say = One: 20 exits were one pending signal, and the handler waits once. 19 zombies stay, and no SIGCHLD is left pending that would report them.

loop = The same, but the handler calls waitpid until there is nobody left to wait for.
loop-ask = How many children will be reaped now?
loop-say = All 20: a single signal is enough when the handler asks until waitpid says no. This is the way to write it.

ignore = This parent has set SIGCHLD to SIG_IGN. Its three children exit with code 5.
ignore-ask = How many zombies will there be?
ignore-say = None. Ignoring SIGCHLD on purpose is more than its default of doing nothing: the kernel discards the children at once.

lost = Now it calls wait(&status) all the same.
lost-ask = What does wait return?
lost-say = -1, ECHILD; status was not touched. Code 5 is lost: a parent that ignores SIGCHLD cannot learn how its children ended.

nocldwait = The same with the flag SA_NOCLDWAIT, and SIGCHLD at its default.
nocldwait-ask = How many zombies will there be?
nocldwait-say = None either, though /proc shows SIGCHLD as default: the flag cannot be seen from outside.

eintr = A server sits in accept(), with a handler for SIGCHLD and without SA_RESTART. A child exits; no client comes.
eintr-ask = What does accept do?
eintr-is-none = it keeps waiting
eintr-say = accept returned -1 with EINTR: interrupted by a handler. Nothing is wrong with the socket; the loop just has to call accept again.

restart = The same with SA_RESTART.
restart-ask = Where is the parent after the handler has run?
restart-is-held = on the line after the call
restart-is-accept4 = still in accept
restart-say = Still in accept4: the kernel restarted the call by itself. The handler here did not wait, so the child is a zombie.
after = Next: forkscope lesson server
