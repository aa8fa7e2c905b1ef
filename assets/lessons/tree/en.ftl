title = a tree of forks
about = Three forks in a row, three in a loop, and three in a loop that the child leaves: guess the tree, then see it.

guess = One process is about to call fork three times in a row.
guess-ask = How many processes will there be in the end?
guess-say = Eight: each fork is executed by every process that there is by then, so each doubles their number. n forks in a row make 2ⁿ processes.

first = Once more, step by step: this is after the first fork.
first-say = Two processes are about to call the second fork. The child did not start at main: the first fork is already behind it.

second = Both have called the second fork.
second-say = Four. The process at the top has two children, and its first child has one.

third = All four have called the third.
third-say = Eight. Follow the lines: no two processes returned as parent and as child at the same forks.

loop = Now a loop of three, in which nobody asks what fork returned.
loop-ask = How many processes will there be?
loop-say = Eight again: the child has a copy of i too, and goes on in the loop. In a server, that is a child that forks when only its parent should.

leave = The same loop, but the child leaves it.
leave-ask = How many processes will there be now?
leave-say = Four: one parent and three children, all siblings. This is the loop of every forking server.
after = Next: forkscope lesson zombie
