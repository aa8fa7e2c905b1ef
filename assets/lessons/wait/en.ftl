title = wait and the status word
about = Asking for a child that has ended: with WNOHANG and without, and what the 16 bits of the status say.

nohang = The parent has two children, A = { $a } and B = { $b }. Neither has ended. It calls waitpid with WNOHANG.
nohang-ask = What does waitpid return?
nohang-say = 0: there are children, but none has ended, and WNOHANG means not to wait until one has.

blocks = Next comes wait(&status), without WNOHANG. Still no child has ended.
blocks-ask = What will the parent do?
blocks-is-held = it goes on to the next line
blocks-is-wait4 = it waits inside the call
blocks-say = It is blocked in the system call wait4: P▸ stays at its line. While it waits there it does nothing else; a server that waits like this accepts nobody.

exited = A calls exit(3) while the parent waits.
exited-ask = What does wait write to status?
exited-say = 0x0300: the exit code stands in the upper eight bits. WIFEXITED checks that the lower seven are 0, WEXITSTATUS takes the upper eight. wait returned { $a }, whose row is gone now.

stopped = The parent waits for B with WUNTRACED: it wants to hear of a stop too. B is sent SIGSTOP (19, hexadecimal 13).
stopped-ask = Which word comes now?
stopped-say = 0x137f: 7f in the lower bits means stopped, the upper eight say by which signal. B has not ended: it is in state T.

killed = The parent waits for B once more. B is sent SIGKILL (9).
killed-ask = Which word comes now?
killed-say = 0x0009: the lower seven bits are the signal that ended it. It did not call exit, so there is no exit code.

none = Both children have been waited for. The parent calls wait again.
none-ask = What does it return?
none-say = -1, with errno ECHILD: there are no children left to wait for. It does not block.
after = Next: forkscope lesson orphan
