title = what a process is
about = A program on disk, the same program running, running twice; three programs at once; one program, several processes.
role-s = starter
role-a = process
role-b = process
role-c = process

disk = There is a program on the disk. It is a file, and does nothing. S, which stands for a shell here, is about to run it.
disk-say = S is itself a process: a program that runs. The program that it is about to run is not a process yet.

running = The program was started: it was moved into memory, and from then on it is called a process.
running-say = A process is a program in execution that occupies memory: { $a } has its own memory and mappings, and a number of its own, the PID.

twice = The same program is now started a second time.
twice-ask = How many processes will there be, S included?
twice-say = Three: one for each time the program was started, and S. Both come from the same file; each has a PID and memory of its own.

three = Three different programs at once, as an editor, a music player and a messenger would be: awk, dd and yes, each busy all the time.
three-say = Three programs are three processes, and the process is the unit of program flow. Look at their CPU times, then go on.

together = The same three, a moment later.
together-say = The CPU time of all three has grown: they run at the same time, or in such short turns on each processor that it seems so.

several = Another program, started once, and it called fork twice.
several-say = One program can make several processes: three rows, one file. A multi-process server is the best-known example; `forkscope` without arguments shows one.
after = Next: forkscope lesson pid
