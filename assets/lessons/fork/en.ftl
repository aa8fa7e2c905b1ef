title = fork returns twice
about = The call that one process makes and two return from; when it fails; and what exec does instead.

before = fork copies the process that calls it. It starts no other program. P▸ is about to call it.
before-ask = How many processes will return from the call?
before-say = Two. The parent is the original, which called fork; the child is its copy. Both go on with the statement after the call.

returned = One call, two returns: the parent is { $p }, the child { $c }.
returned-ask = What did fork return in the child?
returned-say = 0 in the child, the child's process ID in the parent. A child can always ask for its parent (getppid); there is no such call that tells a parent its children.

apart = The same code, but pid differs, so the flow parts at the if: each stands at its own line.
apart-say = That is how one program tells parent from child. Windows has no fork: there CreateProcess starts a program from a file. That is why we look at Linux.

refused = RLIMIT_NPROC is 0: this user may have no more processes. (Root is not bound by that limit, so the program gives up root first.)
refused-ask = What does fork return?
refused-say = -1, once, and in the parent only: there is no child. errno says why. EAGAIN: the limit on processes is reached.

exec = A child of another program is about to call exec, which replaces the program in a process.
exec-ask = How many processes will there be?
exec-say = Still two: exec makes no process. { $c } keeps its PID, but has another name, another program file, and new memory: there is no gval at the old address any more.
after = Next: forkscope lesson copy
