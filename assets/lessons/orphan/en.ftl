title = orphans
about = A child whose parent goes first: who becomes its parent, why that one, and how it differs from a zombie.
role-m = middle
role-g = grandchild

three = Three generations: { $p } forked { $m }, which forked { $g }.
three-say = The parent of each stands in its row. The middle one is about to call _exit, and the first does not wait for it.

leaves = The middle one, { $m }, exits before its child { $g }.
leaves-ask = Who is the parent of { $g } then?
leaves-is-born = { $m }, as before
leaves-is-init = always init, PID 1
leaves-is-guardian = the nearest subreaper above it
leaves-is-other = { $p }, its grandparent
leaves-say = The kernel looks upwards for the nearest ancestor that has called prctl(PR_SET_CHILD_SUBREAPER); only where there is none is it init, PID 1. Here it is forkscope's guardian { $guardian }.

both = Now look at the middle one and the grandchild side by side.
both-ask = In which state is the orphan { $g }?
both-is-Z = a zombie (Z)
both-is-S = asleep (S)
both-say = The orphan is alive, S, and simply has another parent. The zombie { $m } has ended, Z, and stays until its own parent { $p } waits for it. They are not the same thing.

ends = Now the orphan { $g } is killed. { $p } still does not wait for anybody.
ends-ask = What becomes of the orphan?
ends-is-Z = it becomes a zombie
ends-is-gone = it is gone
ends-say = It is gone at once: its adopter waited for it. The zombie { $m } stays, because its parent lives and does not wait.
after = Next: forkscope lesson sigchld
