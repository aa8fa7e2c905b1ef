title = zombies
about = A child that has exited before its parent waits: what stays of it, what is gone, and what does not remove it.

alive = The child { $c } is about to call exit(7). The parent is in pause(), and will not wait for it.
alive-say = As long as it runs, it has memory and open files.

exit = Now the child calls exit(7).
exit-ask = What will become of the child?
exit-is-gone = gone
exit-is-Z = a zombie (Z)
exit-is-S = asleep (S)
exit-say = A zombie: it no longer runs, but keeps its row in the process table until its parent waits for it.

memory = It has exited, and still has its PID { $c }.
memory-ask = How much memory does the zombie take?
memory-is-0 = none
memory-is-kept = what it had before
memory-say = None: memory, mappings and descriptors went at exit. A zombie costs a row in the process table and a PID, and there are only so many of those.

status = Why does the kernel keep the row at all?
status-ask = Which exit status does the kernel keep for the parent?
status-is-code-0 = 0, as for every exit
status-is-code-7 = 7
status-is-unknown = none
status-say = 7: the row is kept so that the parent can ask how its child ended. That is what wait is for.

kill = Somebody tries kill -9 { $c }.
kill-ask = What becomes of the zombie?
kill-is-gone = it is gone
kill-is-Z = it stays a zombie
kill-say = Nothing changes: the signal is sent, but there is nothing left to kill. Only its parent's wait removes it, or the end of its parent.

orphaned = So the parent { $p }, which has never waited, is killed.
orphaned-ask = What becomes of the zombie now?
orphaned-is-Z = it stays for ever
orphaned-is-gone = it is gone
orphaned-say = Its new parent waited for it at once. Here that is forkscope's guardian { $guardian }, a subreaper above it; elsewhere it is mostly init, PID 1. To wait for the children they are given is their job.
after = Next: forkscope lesson wait
