title = fork copies
about = A global and a local variable, before fork and after it, in the parent and in the child.

start = The process has a global, gval, and a local, lval, each on a page of memory of its own. P▸ marks the line that it is about to execute.
start-say = The values were read from its memory, from outside. An ordinary lval would share its page with the stack frames of running functions, and returning from fork writes there; so here it has a page to itself.

grown = The line gval++, lval += 5 has been executed. fork has not been called yet.
grown-ask = What is lval now?
grown-say = gval is 11 and lval is 25. This is the state that fork is about to copy.

forked = fork was called once, and has returned twice: to the parent { $p } and to the child { $c }. Both are just past the call.
forked-ask = The child has just been born. What is its gval?
forked-say = The child did not begin at main: it is a copy of the parent as it was at the call, so gval is 11 and lval 25. In memory only what fork returned differs: { $c } to the parent, 0 to the child.

page = The addresses are the same in both processes. They are virtual: each process has its own translation of them.
page-ask = Nobody has written since fork. What is the page of memory that holds gval?
page-is-shared = one, shared by both
page-is-own = each process's own
page-say = Copying is put off until somebody writes (copy-on-write): until then both translate the address to the same page.

child = The child has executed gval++. The parent is still just past fork().
child-ask = What is the parent's gval?
child-say = The child has 12, the parent still 11: the same address, two values. The child's write made it a page of its own; lval's page is still shared.

parent = The parent has executed lval++.
parent-ask = What is the child's lval?
parent-say = The parent has 26, the child still 25. After fork they run the same code, but are two entirely separate processes.

held = A new program: printf("hello ") was executed, and standard output is a pipe.
held-ask = How many times has "hello" come out of the pipe?
held-say = Not once: to a pipe or a file, printf first writes to a buffer, which is part of the process's memory.

twice = fork was called, parent and child have each printed a line and ended.
twice-ask = printf("hello ") was executed once. How many times did "hello" come out?
twice-say = Twice: fork copied the buffer with the rest of the memory, and each process wrote its copy when it ended. The line was executed once all the same.
