# Every word of the screen in English. Each text also stands in ko.ftl; a test compares the two.

## What a process is

state-running = running
state-sleeping = sleeping
state-disk-sleep = disk sleep
state-stopped = stopped
state-traced = traced
state-zombie = ZOMBIE
state-dead = dead
state-idle = idle
state-parked = parked
state-reaped = reaped
state-main-left = main left

part-parent = parent
part-child = child
part-orphan = orphan, with { $pid }
part-shared = also held by { $pid }
part-inside = PID { $pid } inside
thread-hidden = its call is not yours to read
threads-more = + { $count } more threads, not read
threads-unread = threads: { $said }

folded-crowd = + { $count } more{ $parts }
folded-below = + { $count } below{ $parts }
crowd-state = { $count } { $state }
crowd-zombies = { $count ->
    [one] { $count } zombie
   *[other] { $count } zombies
}

exit-code = exit { $code }
exit-signal = killed by { $signal }
exit-unknown = exit status unknown
no-wait-seen = no wait seen
ghost-doing = { $ending }, zombie { $time }

doing-accept = { $call }() on { $port }
doing-wait = { $call }() for a child
doing-serving = serving { $peer }
doing-stopped = stopped by a signal
doing-in-kernel = in a system call
doing-asleep-accept = in accept
doing-asleep-read = waits for data
doing-asleep-write = waits for room to write
doing-asleep-child = waits for a child
doing-asleep-several = waits for several fds
doing-asleep-signal = waits for a signal
doing-asleep-time = waits for time to pass
doing-asleep-lock = waits for a lock
doing-asleep-io = waits for I/O

sigchld-default = default
sigchld-ignored = ignored
sigchld-caught = caught
sigchld-blocked = blocked
sigchld-pending = pending

## What happened

event-fork = fork
event-exec = exec
event-exit = exit
event-reap = reap
event-orphan = orphan
event-exec = exec
event-end = end
event-connect = connect
event-close = close
event-client = client
event-lost = lost
event-order = order
event-mark = mark
event-exit-code = code { $code }
event-exit-signal = by { $signal }
event-exit-unknown = status unknown
event-reap-after = { $pid }  after { $time }
event-reap-by = by { $pid }
event-reap-discarded = by nobody, status discarded
event-orphan-from = { $pid }  { $from } → { $to }
event-order-policy = reap: { $policy }
event-order-model = model: { $model }
event-order-backlog = backlog: { $backlog }
event-held-by = held by { $pid }

failure-refused = refused
failure-reset = reset by the server
failure-closed = closed by the server
failure-timed-out = timed out
failure-wrong = wrong echo
failure-local = could not even try

## The watch screen

subject-iterative = iterative server
subject-fork = fork server
subject-prefork = prefork server
subject-threads = thread server
subject-epoll = epoll server
subject-attached = attached to { $pid }
header-reap = reap: { $policy }
header-reap-since = reap: { $policy } since { $time }
header-live = ● LIVE { $time }
header-paused = ‖ PAUSED { $time } (-{ $back })
header-ended = ■ ENDED { $time } { $ending }

count-processes = PROCESSES
count-processes-short = PROC
count-connections = CONNECTIONS
count-connections-short = CONN
count-zombies = ZOMBIES
count-zombies-short = ZOMB
count-forked = FORKED
count-forked-short = FORK
count-reaped = REAPED
count-reaped-short = REAP
count-queue = QUEUE
count-queue-short = Q
count-clients = CLIENTS
count-clients-short = CLI
count-lost = LOST
count-lost-short = LOST
count-oldest = oldest { $time }
count-clients-note = open { $done } done { $failed }
count-clients-below = open, { $done } done { $failed }
count-clients-failed = { $count } failed

title-processes = processes
title-by-pid = by pid
title-by-connections = by connections
title-by-cpu = by CPU
title-following = following
title-following-below = following { $pid }
title-filter = filter { $filter } · { $matching } of { $rows } rows
title-filter-ends = esc: all
title-lanes = last { $span }
title-why = why
title-events = events
title-help = keys
title-policies = how the parent reaps
title-models = how clients are served
title-signals = signal to { $pid }
title-confirm = sure?
title-output = what the target printed
rows-shown = rows { $from } to { $to } of { $rows }
rows-above = ↑ { $count } more
rows-above-short = ↑{ $count }
rows-below = ↓ { $count } more
rows-below-short = ↓{ $count }
nothing-yet = Nothing to see yet: the target is starting.
nothing-yet-keys = As soon as it runs, c brings a client, and C brings ten.
axis-now = now
too-small = forkscope needs at least { $columns } columns and { $rows } rows here.

prompt-filter = Filter:
prompt-filter-examples = text  pid:4121  state:Z  port:9190  user:www-data
prompt-filter-take = take
prompt-filter-leave = no filter
prompt-mark = Mark at { $time }:
prompt-mark-examples = a few words
prompt-mark-take = set
prompt-mark-leave = cancel
filter-key = There is no key “{ $key }:”. Keys are pid, state, port and user; put a text with a colon in quotes.
filter-key-brief = no key { $key }: (pid state port user)
filter-pid = “{ $value }” is no pid
filter-state = “{ $value }” is no state: { $letters }
filter-state-brief = “{ $value }” is no state
filter-port = “{ $value }” is no port: 1 to 65535
filter-user = “{ $value }” is no user here
filter-quote = A " is missing

column-user = USER
column-pid = PID
column-ppid = PPID
column-state = STATE
column-conn = CONN
column-conn-cpu = CONN, CPU
column-connections = CONN
column-threads = THR
column-fds = FDS
column-rss = RSS
column-cpu = CPU
column-age = AGE
column-doing = DOING
column-command = COMMAND

capture-exact = events: exact
capture-exact-times = events: exact times; the status of a child that was reaped at once is unknown
capture-exact-times-brief = events: exact times, not every status
capture-exit-exact = events: exact, reaps ±{ $every }
capture-deaths-exact = births polled every { $every }: children that live shorter may be missed
capture-deaths-exact-brief = births polled every { $every }: may miss some
capture-polling = polling { $every }: children that live shorter may be missed
capture-polling-brief = polling { $every }: may miss some
capture-sock-diag = connections from the kernel's socket table (sock_diag)
capture-procfs = connections from /proc/PID/net/tcp
reason-asked = it was asked for
reason-no-perf = no performance events: { $error }
reason-no-perf-paranoid = no performance events: { $error }, perf_event_paranoid={ $paranoid }
reason-no-connector = no proc connector: { $error }
reason-no-hangup = pidfds of this kernel do not tell reaps
reason-no-status = pidfds of this kernel do not tell the status after the reap
reason-untold = { $count } births were not told: a setuid program can end the telling
reason-hidden = perf tells no more births of { $count } processes: their program is setuid or may not be read
reason-too-short = { $count } children were gone before a pidfd could be opened: their end is bounded, their status unknown
reason-unwatched = no descriptor left for { $count } processes: their ends are read from /proc
reason-no-pidfd = no pidfd: { $error }
reason-no-sock-diag = no sock_diag: { $error }
reason-other-network = the target lives in another network namespace that may not be entered
reason-no-children = this kernel lists no children: all of /proc is searched
reason-unreadable = open files of { $count } processes may not be read: their connections are unknown
reason-late = so many connections that they are read less often than all else: some are shown late
reason-possible-heirs = { $count } processes may be orphans of the target, and do not show what they hold

## The card of details

title-details = { $pid } in detail
title-details-none = in detail
details-keys = y: prove it
beside-scrolls = PgUp PgDn more
details-read-at = read at { $time }
details-select = Select a process: ↑ ↓
card-state = state
card-exit = ended
card-parent = parent
card-children = children
card-sigchld = SIGCHLD
card-command = command
card-blocked = blocked in
card-descriptors = descriptors
card-memory = memory
card-cpu = CPU
card-user = user
card-caught = handled
card-ignored = ignored
card-masked = masked
card-pending = pending
card-group = group
card-program = program
card-namespace = namespace
card-cgroup = cgroup

card-alive = { $state }, { $age } old
card-alive-threads = { $state }, { $age } old, { $threads } threads
card-adopted = { $pid }, which adopted it: its own parent is gone
card-none = none
card-more = { $named } and { $count } more
card-not-permitted = not yours to read: ask as its user or as root
card-gone = It was gone when it was to be read.
card-zombie = a zombie has no memory and no descriptors any more
card-being-read = being read …
card-not-read = not read at { $time }
card-sigchld-default = default: no handler runs when a child ends
card-sigchld-ignored = ignored: the kernel discards children that end
card-sigchld-caught = a handler runs when a child ends
card-sigchld-blocked = blocked until it is taken
card-sigchld-pending = one is pending
card-running = no call: it runs
card-asleep = in the kernel's { $function }, the call is hidden
card-outside = no call: it waits in the kernel all the same
card-memory-parts = { $resident }: { $shared } shared, { $private } private
card-cpu-parts = { $user } user, { $system } system
card-users = { $real }, with the rights of { $effective }
card-group-session = { $group }, session { $session }
card-namespace-pid = pid:[{ $inode }], in it { $pid }
card-open-of = { $count } of at most { $most }
card-pipe = pipe { $inode }
card-listening = listening { $address }, queue { $queue }
card-held-by = also { $pids }
card-unix-listening = { $socket }, listening
card-unix-peer = { $socket }, its other end is { $peer }
card-other-socket = socket, none of the tree's TCP connections

title-code = { $server }: what runs, cut from { $files }
title-code-brief = { $server }: what runs
title-code-c = the same in C
title-code-resting = { $server }: in C
code-keys = o: { $next }
code-next-c = in C
code-next-rust = close
code-next-running = the Rust that runs
code-above = ↑ { $pids } in { $call }
code-below = ↓ { $pids } in { $call }
code-through = { $arrow } calls it
code-running = running, in no call: { $pids }
code-zombies = ended: { $pids }
code-unread = in a call that may not be read, or in none: { $pids }
code-elsewhere = in other calls: { $pids }
code-none = No listing: { $what } is not our own server, so nobody knows its source here.
title-proofs = what proves it: { $pid }
proofs-below = in a shell of your own
proofs-keys = y: back
proof-identity = parent, state
proof-signals = signals
proof-sockets = sockets
proof-limit = limit
proof-gone = { $pid } is gone: there is nothing left to ask about it.
proof-past = These ask about now, not about { $time }.

## Keys

group-clients = Clients
group-server = Server
group-time = Time
group-view = View
group-capture = How exact this is

key-client = let one client come, ten
key-hang-up = hang up the selected one
key-hang-up-all = hang up all at once
key-stream = gentle stream on or off
key-policy = next way of reaping, any
key-model = next server model, any
key-signal = signal the selected one
key-output = what the target printed
key-details = the selected one in detail
key-proofs = commands that prove it
key-code = the server's code
key-pause = freeze the picture, go on
key-second = a second back, forward
key-marks = to the mark before, after
key-mark = set a mark here
key-filter = show only some processes
key-fold = fold, unfold, unfold all
key-order = next row order, threads
key-follow = follow the newest change
key-step = a change back, forward
key-ends = first moment, now
key-zoom = less, more time on lanes
key-select = select a row
key-page = a page up, down
help-keys = ↑↓ scroll  any other key closes
key-escape = close, or select nothing
key-projector = for the back of a room
key-export = keep the screen as SVG
key-theme = next theme
key-redraw = draw everything anew
key-suspend = back to the shell
key-lessons = lessons about processes
key-help = these keys
key-quit = quit

short-client = client
short-clients = ×10
short-hang-up = hang up
short-hang-up-all = all
short-stream = stream
short-policy = reaping
short-model = model
short-signal = signal
short-pause = pause
short-go-on = go on
short-time = time
short-details = details
short-filter = filter
short-mark = mark
short-help = help
short-quit = quit

any-key-closes = any key closes
dialog-choose = choose
dialog-take = take
dialog-leave = leave
dialog-yes = yes
dialog-no = no
dialog-scroll = scroll
dialog-close = close
lines-shown = { $from } to { $to } of { $lines }
choice-now = ← now
confirm-signal = Send { $signal } to { $pid }?
confirm-zombie = It is a zombie: it has ended already, so no signal has an effect. Only a wait by its parent removes it.
confirm-gone = It is gone: the signal will reach nobody.
confirm-effect = { $signal } { $does }. A handler of its own can do something else.
confirm-effect-sure = { $signal } { $does }.
signals-note = where no handler catches it
signal-term = asks it to end
signal-int = ends it, as Ctrl-C does
signal-hup = ends it, as a closed terminal does
signal-usr1 = ends it; what it means is up to the program
signal-chld = is ignored: it says that a child has ended
signal-stop = stops it; cannot be caught
signal-cont = lets it go on, if it was stopped
signal-kill = ends it; cannot be caught
output-gone = earlier lines gone: { $lines }
output-empty = It has printed nothing.
output-not-ours = It was not started from here: its output goes elsewhere.

## How a parent reaps

model-iterative = one process, one client at a time
model-fork = a child process for each client
model-prefork = some child processes, forked beforehand
model-threads = a thread for each client
model-epoll = one process multiplexes all clients
policy-loop = SIGCHLD handler, waitpid until none is left
policy-once = handler, one wait: SIGCHLD does not queue
policy-none = nothing: every child stays a zombie
policy-wait = blocking wait() after each fork
policy-poll = waitpid(WNOHANG) after each accept
policy-ignore = SIG_IGN: never a zombie, the status is lost
policy-nocldwait = SA_NOCLDWAIT: the same, invisible in /proc
policy-signalfd = SIGCHLD blocked, read from a signalfd
policy-double-fork = the child forks again: orphans serve

## What is said in the footer

refused-load = No clients here: the server was attached to. --allow-load lets them come.
refused-orders = Only the built-in server takes orders.
refused-signals = No signals here: the server was attached to. --allow-signals lets them be sent.
refused-no-children = Not applicable: the { $model } server has no children to reap.
refused-ended = The target has ended.
refused-paused = No signals and no orders while paused: press space first.
refused-read-only = Off: --read-only.
told-stream-on = Clients come by themselves, about one a second.
told-stream-off = No more clients come by themselves.
told-no-client = The selected process has no client of ours.
told-select-first = Select a process first: ↑ ↓.
told-no-mark = No more marks that way: b sets one.
told-follow-tree = The bar follows the newest change.
told-follow-below = The bar follows the newest change below this process.
told-follow-off = The bar stays where it is.
told-threads-none = No process here has more than one thread.
told-threads-off = Threads are no longer shown.
told-not-sent = { $signal } was not sent.
told-sent = { $signal } sent to { $pid }.
told-backlog = So many clients may wait to be accepted now: { $backlog }
told-model = The same process now runs another program: { $model }
told-policy = The parent now reaps this way: { $policy }
told-no-listener = Nothing listens yet: no client was sent.
told-hung-up-all = All clients hung up at once.
told-adopter-gone = The guardian was killed: what it kept was ended.
told-unkillable = Not permitted to end { $name } ({ $pid }).
told-slow = { $name } ({ $pid }) was told to end, and has not within 2 s.
told-ended = It has ended: { $ending }. Press O to see what it printed.
told-drawn-wide = Drawn in ASCII: this terminal draws lines two cells wide.
told-exported = The screen was written to { $path }
told-theme = Theme: { $name }
told-no-colours = No colours: NO_COLOR is set.
told-failed = { $what }: { $error }

## Snapshot

snapshot-totals = processes { $processes }   threads { $threads }   zombies { $zombies }   connections { $connections }   unaccepted { $unaccepted }   listening { $listening }
snapshot-ended = { $pid } has ended: { $ending }
snapshot-listener = { $address }  accept queue { $queue } of { $backlog }  held by { $pids }

## The end of events

end-target = the target has ended
end-elapsed = the time is over
end-interrupted = interrupted
end-terminated = terminated
end-hung-up = the terminal is gone
end-totals = forks { $forks }   exits { $exits }   reaps { $reaps }
end-unknown-statuses = exits whose status is not known: { $count }
end-unknown-reapers = reaps by nobody knows whom: { $count }
end-bounded-zombie-times = zombie times of which only the most is known: { $count }
end-unknown-zombie-times = reaps of processes that were zombies when watching began: { $count }
end-late = events that were told late, with the time of the line before: { $count }
end-lost = events that the kernel could not deliver: { $count }

## The whole machine's zombies

zombies-totals = zombies { $zombies }   processes that must reap them { $reapers }
zombies-hidden = /proc hides the processes of other users from you (hidepid): their zombies are not counted.
zombies-parent-unseen = who must reap them is not to be seen from here
zombies-parent = user { $user }   parent { $ppid }   state { $state }   SIGCHLD { $sigchld }
zombies-cgroup = cgroup { $cgroup }
zombies-namespace = PID { $pid } in PID namespace { $inode }
zombies-container-init = It is PID 1 of a container, and has not waited for these.
zombies-advice-stopped = It is stopped: it can wait for nobody until it is continued (SIGCONT).
zombies-advice-container-init = Start the container with an init that reaps, such as docker run --init.
zombies-advice-pending = SIGCHLD has come, is blocked, and nobody has taken it yet.
zombies-count = zombies { $count }   the oldest seen for ≥ { $seen }, ended at most { $ago } ago
zombies-age = seen for ≥ { $seen }, ended at most { $ago } ago
zombies-more = and { $count } more

## Why: what is worth saying of a moment

why-from = from { $sources }
why-does-call = is in { $call }
why-does-call-and = is in { $call }
why-does-run = is running
why-does-run-and = is running
why-does-stop = is stopped
why-does-stop-and = is stopped
why-does-sleep = sleeps
why-does-sleep-and = sleeps

why-nothing = Nothing has happened yet.
why-born = { $parent } forked: the child { $child } was born, a copy of its parent.
why-born-parent-unseen = { $child } was born. Who forked it was not seen.
why-born-serves = fork() copied the descriptors too: { $child } holds the connection of { $peer }.
why-born-copy = Both go on behind the call: fork() returned { $child } in the parent and 0 in the child.
why-connected = A client has connected: { $peer } to port { $port }.
why-connected-queued = The kernel did that alone. The connection waits in the accept queue until a process takes it.
why-connected-held = { $holder } holds the connection.
why-connected-unknown = Which process holds the connection is not known here.
why-zombie = { $pid } is a zombie: it has ended, and no wait by { $parent } was seen for { $time }.
why-zombie-others = Other zombies: { $others }.
why-unreaped-now = Every child that ends is one until its parent waits for it, mostly for less than a millisecond.
why-unreaped-stopped = { $parent } is stopped: it can wait for nobody until it is continued (SIGCONT).
why-unreaped-in-wait = { $parent } is in { $call } and has not taken this child: it seems to wait for another.
why-unreaped-pending = SIGCHLD has come to { $parent }, which blocks it: it is pending, and nobody has taken it yet.
why-unreaped-taken = { $parent } blocks SIGCHLD and none is pending: it was taken, by a signalfd perhaps, without a wait for this child.
why-unreaped-default = { $parent } { $doing } and leaves SIGCHLD at its default: no handler waits.
why-unreaped-ignored = { $parent } ignores SIGCHLD by now. That spares it the zombies to come, not one that is there already.
why-unreaped-caught = { $parent } { $doing } and catches SIGCHLD. One SIGCHLD can stand for many children: a handler that waits once leaves some.
why-unreaped-unread = What { $parent } does with SIGCHLD was not read at that moment.
why-unreaped-unseen = { $parent } is none of the processes that are watched: what it does is not known here.
why-reaped-by = { $by } has reaped { $pid } ({ $ending }): it was a zombie for { $time }.
why-reaped = { $pid } was reaped ({ $ending }): it was a zombie for { $time }.
why-reaped-more = wait() took the exit status, and the row of { $pid } left the process table. Its number may be given out again.
why-reaped-unknown-more = Whether a wait() took its status or the kernel threw it away, could not be told. Its row is gone.
why-reaped-discarded = { $pid } left no zombie: the kernel discarded its status, and nobody waited.
why-reaped-discarded-more = That is so where the parent ignores SIGCHLD (SIG_IGN) or has set SA_NOCLDWAIT. How { $pid } ended, { $parent } cannot learn.
why-orphan = { $pid } is an orphan: its parent { $from } has ended, and { $to } adopted it.
why-orphan-parent-unseen = { $pid } is an orphan: its parent has ended, and { $to } adopted it.
why-adopter-init = { $to } is init. It gets every orphan for which no nearer ancestor has asked, and must reap it.
why-adopter-namespace = { $to } is the first process of its PID namespace. It gets the orphans there, and must reap them.
why-adopter-subreaper = { $to } is not init: it is the nearest ancestor that asked for orphans (PR_SET_CHILD_SUBREAPER), and must reap this one.
why-adopter-unclear = { $to } asked for orphans (a subreaper), or is the first process of a PID namespace. It must reap this one.
why-shared = { $pid } and { $with } hold the same connection, from { $peer }.
why-shared-more = fork() copies descriptors. A close() in one of the two ends nothing: the client sees the end when both have closed.
why-stopped-parent = { $pid } is stopped: it accepts nobody and reaps nobody until SIGCONT comes.
why-stopped-parent-zombies = Zombies among its children: { $zombies }.
why-stopped-parent-waiting = Clients that wait to be accepted: { $waiting }.
why-killed-zombie = { $signal } was sent to { $pid } and changes nothing: it has ended already.
why-killed-zombie-more = A zombie runs no code that a signal could end. A wait by { $parent } takes the row away, or the end of { $parent }.
why-queue = Clients wait in the accept queue of port { $port }: { $waiting } of { $backlog }.
why-queue-unbounded = Clients wait in the accept queue of port { $port }: { $waiting }.
why-queue-full = The accept queue of port { $port } is full: { $waiting } wait, the backlog is { $backlog }.
why-queue-full-more = The kernel drops further connection requests for now, and their clients try again.
why-queue-listener = They are connected, and not yet accepted: { $pid } { $doing }.
why-killed = { $signal } ended { $pid }: it did not exit by itself.
why-killed-ours = { $signal }, sent from here, ended { $pid }: it did not exit by itself.
why-killed-fault = Mostly that is a fault of the program itself: it touched memory that is not its own, say.
why-killed-abort = Mostly the program called abort(): it found something wrong with itself.
why-killed-pipe = Mostly it wrote to a connection that the other end had closed already.
why-killed-kill = No process can catch SIGKILL or block it. Its parent learns of it by wait(): the status names the signal.
why-killed-other = Its parent learns of it by wait(): the status names the signal, where it would name the exit code.
why-wait-blocks = { $pid } is in { $call } until a child ends. Clients that wait to be accepted: { $waiting }.
why-wait-blocks-more = A server that waits for each child before the next accept() serves one client at a time.
why-accepting = { $pid } waits in { $call } for a client to connect to port { $port }.
why-accepting-somewhere = { $pid } waits in { $call } for a client to connect.
why-accepting-more = It sleeps and uses no CPU: the kernel wakes it when a connection is there.
why-reading = { $pid } waits in { $call } for { $peer } to send something.
why-reading-more = It sleeps and uses no CPU meanwhile. Most of a server's time is such waiting.
why-writing = { $pid } waits in { $call } for room to send to { $peer }.
why-writing-more = The client reads more slowly than the server writes: the buffers between them are full.
why-awaits-child = { $pid } waits in { $call } for a child to end.
why-awaits-child-more = The call returns with the child's exit status, and with that the child's row is gone.
why-several = { $pid } waits in { $call } for any of several descriptors.
why-several-more = That is I/O multiplexing: one process, and as many clients as it can hold. Connections that it holds: { $connections }.
why-in-signal = { $pid } waits in { $call } for a signal.
why-in-time = { $pid } waits in { $call } for time to pass.
why-in-lock = { $pid } waits in { $call } until another lets go of a lock.
why-in-read = { $pid } waits in { $call } for something to read.
why-in-write = { $pid } waits in { $call } for room to write.
why-in-call = { $pid } is in { $call }.
why-running = { $pid } is running: it is on a processor, or waits for one.
why-running-serves = It holds the connection of { $peer }.
why-stopped = { $pid } is stopped by a signal: it does nothing until SIGCONT comes.
why-traced = { $pid } is stopped by a tracer, such as a debugger.
why-disk-sleep = { $pid } sleeps in the kernel, mostly for a disk.
why-disk-sleep-more = It takes signals only once it has what it waits for.
why-main-left = { $pid } says Z and is no zombie: its main thread has left, and others run.
why-main-left-more = It can be reaped once the last of its threads has ended.
why-asleep-accept = { $pid } waits in accept for a client to connect.
why-asleep-read = { $pid } waits for something to read.
why-asleep-write = { $pid } waits for room to write.
why-asleep-child = { $pid } waits for a child to end.
why-asleep-several = { $pid } waits for any of several descriptors.
why-asleep-signal = { $pid } waits for a signal.
why-asleep-time = { $pid } waits for time to pass.
why-asleep-lock = { $pid } waits until another lets go of a lock.
why-asleep-io = { $pid } waits for input or output.
why-asleep-more = It sleeps in the kernel's { $function }. The system call and its arguments are hidden from us.
why-unknown = { $pid } is { $state }. In which system call is not known here.
why-unknown-more = The kernel tells that only to the same user and to root, or it was not read at that moment.
why-ended = { $pid } has ended: { $ending }.
why-ended-more = Nothing changes here any more. Step back with ← to see how it came about.

queue-waits = { $peer } waits unaccepted for { $time }
queue-more = { $count } more wait unaccepted

## Lessons

lesson-list = Lessons with real processes. Run one: forkscope lesson NAME
lesson-step = Step { $step } of { $steps }
lesson-predict = Predict:
lesson-from = read from
lesson-role-parent = parent
lesson-role-child = child
lesson-page-shared = shared
lesson-page-own = its own
lesson-held = none: held at its line
lesson-open = open
lesson-closed = closed
lesson-gone = gone
lesson-unknown = unknown ({ $why })
lesson-nothing-printed = nothing yet
lesson-client-connected = connected, nothing came
lesson-client-open = open, got "{ $text }"
lesson-client-end = end of file, after "{ $text }"
lesson-listed = yes, one of { $count }
lesson-unlisted = no, not among { $count }
lesson-exited = exited, code { $value }
lesson-signalled = killed by { $value }
lesson-stopped = stopped by { $value }
lesson-adopter-born = { $pid }, which forked it
lesson-adopter-guardian = { $pid } { $name }, a subreaper above it
lesson-adopter-init = 1 { $name }, the system's first
lesson-adopter-other = { $pid } { $name }
lesson-row-page = page { $name }
lesson-row-pid = PID
lesson-row-ppid = parent
lesson-row-inner-pid = PID inside
lesson-row-key = PID @ start
lesson-row-state = state
lesson-row-exit = status kept
lesson-row-pending = pending
lesson-row-sigchld = SIGCHLD
lesson-row-fds = open fds
lesson-row-memory = memory
lesson-row-maps = mappings
lesson-row-comm = name
lesson-row-exe = program
lesson-row-call = in call
lesson-row-cpu = CPU time
lesson-row-children = children
lesson-row-zombies = zombies
lesson-row-adopter = parent now
lesson-row-alive = processes alive
lesson-row-output = printed
lesson-row-printed = "{ $name }" printed
lesson-row-client = client
lesson-row-init = PID 1
lesson-row-pid-max = pid_max
lesson-title = lessons with real processes
lesson-size = steps { $steps } · questions { $asked }
lesson-starting = The processes are being started.
lesson-failed = The lesson cannot go on: { $why }
lesson-asked = predict
lesson-said = what the kernel said
lesson-again = run { $run }: from the start, with new processes
lesson-score = { $right } of { $guessed } right
lesson-tree = the lesson's processes, live
lesson-processes = processes
lesson-at-line = line { $line }
lesson-none-of-these = None of these: the kernel said { $value }.
lesson-refused = fork failed here: a limit on processes is reached (ulimit -u), so there are fewer of them than the text says.
lesson-end = That was the lesson.
lesson-right = right
lesson-wrong = wrong
lesson-shown = shown
lesson-guess = you
lesson-kernel = kernel
lesson-count-guessed = guessed
lesson-count-asked = questions
lesson-end-none = { $guessed ->
    [1] Your one guess did not agree with the kernel.
   *[other] None of your { $guessed } guesses agreed with the kernel.
} A wrong guess is what one remembers.
lesson-end-shown = { $shown ->
    [1] One answer was shown without a guess.
   *[other] { $shown } answers were shown without a guess.
}
lesson-end-looked = You have looked at all of it. Next time, guess before you look: a wrong guess is what one remembers.
lesson-end-all = { $guessed ->
    [1] Your one guess agreed with the kernel.
   *[other] All { $guessed } of your guesses agreed with the kernel.
}
lesson-end-some = { $right } of your { $guessed } guesses agreed with the kernel. The other { $wrong ->
    [1] one is
   *[other] { $wrong } are
} what this lesson was for.
lesson-key-answer = answer
lesson-key-next = next
lesson-key-previous = back
lesson-key-show = show
lesson-key-tree = tree
lesson-key-steps = lesson
lesson-key-back = leave
lesson-key-choose = choose
lesson-key-open = begin
lesson-key-watch = watch
lesson-key-help = keys
lesson-keys = keys
lesson-does-answer = answer the question
lesson-does-next = the next step; at a question, its answer
lesson-does-previous = the step before, again from the start by new processes
lesson-does-show = the answer, without a guess
lesson-does-tree = the live tree of the lesson's processes
lesson-does-watch = the watch screen, on the demo server
lesson-does-choose = choose a lesson
lesson-does-open = begin it
lesson-does-back = leave
lesson-end-watch = Press w or enter to watch the demo server: the same server, live, with clients that come and go.

## Demonstrations

title-demo = demonstration
title-demo-asked = demonstration: begin?
key-demos = demos: SIGCHLD, the queue
refused-demonstration = Not here: clients and signals are needed. --allow-load --allow-signals let them be sent.
refused-stopped = The server was stopped by somebody else: it is left so.
demo-zombies-1 = 1  If fewer than three children serve, clients come first; then no more.
demo-zombies-2 = 2  The parent is stopped (SIGSTOP): it can wait for nobody.
demo-zombies-3 = 3  All clients hang up. Every child ends, and must be seen to be a zombie.
demo-zombies-4 = 4  The parent goes on (SIGCONT). Which zombies are reaped?
demo-queue-1 = 1  The parent is stopped (SIGSTOP): it accepts nobody.
demo-queue-2 = 2  Clients come until the accept queue is full, { $most } at most.
demo-queue-3 = 3  The parent goes on (SIGCONT) and accepts; then all clients hang up.
demo-queue-long = The backlog is { $backlog }: { $most } do not fill it. --backlog 4 makes it short.
demo-queue-short = The backlog of { $backlog } is made { $short } by another listen(), and { $backlog } again later.
demo-safe = Whatever happens, the parent gets SIGCONT. Esc gives up.
demo-shortening = The backlog becomes { $short }.
demo-shortening-more = listen() on a socket that listens already changes how many may wait. Nobody is turned away by that.
demo-step-stop = SIGSTOP was sent. It cannot be caught: /proc says T once the parent has stopped.
demo-gathering = Children that serve: { $living }. Clients still in the queue: { $waiting }.
demo-stopping = Stopping { $parent }.
demo-ending = All clients are being hung up: of { $children } children { $zombies } are zombies.
demo-ended = All clients have hung up: all { $zombies } children are zombies.
demo-going-on = { $parent } goes on: { $zombies } zombies are left.
demo-filling = Clients come, and nobody accepts: QUEUE { $waiting }/{ $backlog }.
demo-emptying = { $parent } goes on and accepts: QUEUE { $waiting }/{ $backlog }.
demo-one = Of { $zombies } zombies exactly one was reaped: { $left } stay.
demo-one-more = A pending SIGCHLD is one bit, however many children end. One wait for it takes one of them.
demo-all = All { $zombies } zombies were reaped.
demo-all-more = A pending SIGCHLD is one bit, however many children end: whoever waits until none is left misses nobody.
demo-some = Of { $zombies } zombies { $reaped } were reaped: { $left } stay.
demo-some-more = A pending SIGCHLD is one bit, however many children end. Others ended, or came, after the parent went on.
demo-none = None of { $zombies } zombies was reaped.
demo-none-more = { $parent } went on, and no wait was seen.
demo-discarded = No child became a zombie: all are gone.
demo-discarded-more = The kernel discards their statuses where SIGCHLD is ignored, or SA_NOCLDWAIT is set.
demo-full = The queue was full: { $waiting } waited, the backlog is { $backlog }.
demo-full-more = Meanwhile, in the whole network namespace: ListenOverflows { $overflows }, ListenDrops { $drops }. Clients tried again.
demo-filled = { $waiting } clients waited in the queue: it takes { $backlog } and one more.
demo-filled-more = It was not full. Meanwhile, in the whole network namespace: ListenOverflows { $overflows }, ListenDrops { $drops }.
demo-no-children = { $parent } has too few children that serve clients.
demo-not-stopped = { $parent } was not seen to stop.
demo-still-alive = { $living } children live on, though all clients of ours hung up.
demo-not-filled = Nobody was seen in the accept queue: another process accepts.
demo-gone = { $parent } has ended.
demo-given-up = Given up.
demo-let-go = { $parent } was told to go on (SIGCONT).
demo-nothing-done = Nobody is left stopped.

## Comparison

compare-scenario = { $clients ->
    [one] 1 client
   *[other] { $clients } clients
} at once, each: { $waiting } waiting + { $cpu } of CPU
compare-scenario-io = { $clients ->
    [one] 1 client
   *[other] { $clients } clients
} at once, each: { $waiting } waiting
compare-scenario-cpu = { $clients ->
    [one] 1 client
   *[other] { $clients } clients
} at once, each: { $cpu } of CPU
compare-scenario-echo = { $clients ->
    [one] 1 client
   *[other] { $clients } clients
} at once, each: ten lines echoed in { $service }
compare-brief = { $clients } clients: { $waiting } waiting + { $cpu } CPU
compare-brief-io = { $clients } clients: { $waiting } waiting
compare-brief-cpu = { $clients } clients: { $cpu } CPU
compare-brief-echo = { $clients } clients: { $service } of echo
compare-cpus = {"  "}servers on { $cpus ->
    [one] 1 CPU
   *[other] { $cpus } CPUs
}
compare-waited = WAITED
compare-served = SERVED IN
compare-nth = no. { $n }
compare-longest = longest
compare-mean = mean
compare-total = ALL DONE
compare-processes = PROCS
compare-threads = THREADS
compare-memory = MEMORY
compare-cpu = CPU
compare-failed = FAILED
compare-runs = …
compare-stopped = stopped
compare-scaled = Measured at a scale of { $scale }: { $service } stands for { $unscaled }. What forking and scheduling cost does not scale.
compare-turns = For that reason the servers asked the scheduler for turns of { $turn }.
compare-together = All run together: they share the CPU.
compare-left = { $percent } %, about { $time } left
verdict-one-by-one = { $name }: one client after the other. The last one waited { $last }, { $times } times the { $service } that a service takes.
verdict-in-turns = { $name }: some clients at a time. The longest wait was { $longest }.
verdict-at-once = { $names }: all at once. Nobody waited longer than { $longest }; a service took { $least } to { $most } on average.
verdict-at-once-alike = { $names }: all at once. Nobody waited longer than { $longest }; a service took { $least } on average.
verdict-sooner = Serving all at once was done { $times } times sooner: while one client is waited for, others are served.
verdict-no-sooner = Serving all at once was done no sooner: one after the other used { $busy } of the CPU already. It only spread the waiting over everybody.
verdict-no-sooner-cpu = Serving all at once was done no sooner: each client costs nothing but CPU, and that is no more for it. It only spread the waiting over everybody.
verdict-turns = The CPU has time for { $clients } such clients at once, and { $came } came. Beyond that number each more only makes the service of all longer: no more of them are done in a second.
verdict-turns-below = The CPU has time for { $clients } such clients at once, and only { $came } came. Beyond that number each more would only make the service of all longer.
verdict-cost = Memory at the peak: { $most } { $much }, { $least } { $little }.
verdict-zombies = { $name }: { $count ->
    [one] { $count } zombie was left.
   *[other] { $count } zombies were left.
}
verdict-died = { $name }: the server itself ended before all were served ({ $ending }).
verdict-failed = { $name }: { $count ->
    [one] { $count } client was turned away or lost.
   *[other] { $count } clients were turned away or lost.
}
verdict-stayed = { $name }: { $count ->
    [one] { $count } client
   *[other] { $count } clients
} could not even come: forkscope itself had no descriptor or port left for them (ulimit -n).
verdict-unserved = { $name }: { $count ->
    [one] { $count } client was still there when it was stopped.
   *[other] { $count } clients were still there when it was stopped.
}
verdict-dropped = { $name }: the kernel dropped { $count ->
    [one] { $count } connection
   *[other] { $count } connections
} on this machine meanwhile (ListenDrops). A client that had to repeat its SYN waited a second longer for that, and not for the server.
verdict-not-run = { $name }: could not be run: { $why }

## What clients met, as text

load-title = load { $address }
load-clients = { $count ->
    [one] { $count } client
   *[other] { $count } clients
}
load-at-once = at once
load-held = held { $time }
load-held-between = held { $least } to { $most }
load-not-held = not held
load-until-hung-up = held until hung up
load-rounds = service of { $time }
load-connected = connected { $count }
load-served = served { $count }
load-done = done { $count }
load-failed = failed { $count }
load-failed-so = { $count } { $failure }
load-stopped = stopped before the end: { $came } had come, { $present } still there
load-local-error = first local failure: { $error }
load-max = max
load-mean = mean
load-late = late
load-connect = connect
load-wait = wait
load-service = service

## The comparison on the screen

compare-screen-stairs = how long each client waited before it was served
compare-screen-client = client
compare-screen-lanes = clients
compare-screen-lanes-several = clients, { $clients } a dot
compare-screen-counts = { $waiting } waiting  { $serving } being served  { $done } done
compare-screen-counts-failed = { $waiting } waiting  { $serving } being served  { $done } done  { $failed } failed
compare-screen-waiting = waiting
compare-screen-serving = being served
compare-screen-done = done
compare-screen-failed = failed
compare-screen-scaled = {"  "}×{ $scale }
compare-screen-together = {"  "}together
compare-screen-meaning = what that means
compare-screen-left = { $time } left
compare-screen-over = all done
compare-screen-theme = theme
compare-screen-projector = large
compare-screen-desk = normal
compare-screen-quit = end, with the figures
compare-screen-measured = what is measured
compare-screen-experiment = { $clients } clients connect at the same moment. Each is served in ten rounds: the server sends a byte, the client answers after its share of the waiting, and the server burns its share of CPU.
compare-screen-experiment-io = { $clients } clients connect at the same moment. Each is served in ten rounds: the server sends a byte, and the client answers after its share of the waiting.
compare-screen-experiment-cpu = { $clients } clients connect at the same moment. Each is served in ten rounds: the server sends a byte, the client answers at once, and the server burns its share of CPU.
compare-screen-experiment-echo = { $clients } clients connect at the same moment. Each sends ten lines in { $service }, and waits for the echo of each.
compare-screen-in-turn = One server runs after the other, so that each is measured alone.
compare-screen-terms = Waited: from when a client connects to the first byte that it gets. Served in: from there to the last byte.
compare-screen-look = Look for a staircase, where each client waits for all before it, and for a flat line, where all are served at once.
compare-screen-next = Still to come: { $names }.
compare-room-longest = longest wait, in seconds
compare-room-longest-ms = longest wait, in milliseconds
