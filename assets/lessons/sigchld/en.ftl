title = SIGCHLD
about = The signal that says a child has changed: why it does not count, what a handler must do, and what ignoring costs.

bit = The parent has 20 children and keeps SIGCHLD blocked. All 20 exit.
bit-ask = How many SIGCHLD are pending then?
bit-say = One. Pending is a bit in the mask ShdPnd, not a counter: 20 exits, one bit. One SIGCHLD means: at least one child has changed.

once = A handler with one waitpid. The parent was frozen with SIGSTOP, 20 children have exited, and now it goes on (SIGCONT).
once-ask = How many children will be waited for?
once-say = One: 20 exits were one pending signal, and the handler waits once. 19 zombies stay, and no SIGCHLD is pending any more that would tell of them.

loop = The same, but the handler waits until there is none left to wait for.
loop-ask = How many children will be waited for now?
loop-say = All 20: a single signal is enough when the handler asks until waitpid says no. This is the way to write it.

ignore = This parent says SIG_IGN for SIGCHLD. Its three children exit with code 5.
ignore-ask = How many zombies will there be?
ignore-say = None. Ignoring SIGCHLD on purpose is more than its default of doing nothing: the kernel discards the children at once.

lost = Now it calls wait(&status) all the same.
lost-ask = What does wait return?
lost-say = -1, ECHILD; status was not touched. Code 5 is lost: who ignores SIGCHLD cannot learn how its children ended.

nocldwait = The same with the flag SA_NOCLDWAIT, and SIGCHLD at its default.
nocldwait-ask = How many zombies will there be?
nocldwait-say = None either, though /proc shows SIGCHLD as default: the flag cannot be seen from outside.

eintr = A server sits in accept(), with a handler for SIGCHLD and without SA_RESTART. A child exits; no client comes.
eintr-ask = What does accept say?
eintr-is-none = nothing: it waits on
eintr-say = accept returned -1 with EINTR: interrupted by a handler. That is no error of the socket; the loop must simply call accept again.

restart = The same with SA_RESTART.
restart-ask = Where is the parent after the handler has run?
restart-is-held = behind the call
restart-is-accept4 = still in accept
restart-say = Still in accept4: the kernel began the call again by itself. The handler here did not wait, so the child is a zombie.
after = Next: forkscope lesson server
