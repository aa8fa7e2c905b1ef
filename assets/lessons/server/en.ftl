title = the forking server
about = A child for each client: which descriptors parent and child hold, what each must close, what the client sees.

listens = The parent listens, and is blocked in accept: no client has come yet.
listens-say = l is its listening socket. c is not a descriptor yet.

accepted = A client has connected, and accept has returned.
accepted-say = c is a new descriptor, the connection to this client. The listening socket stays for the next one.

forked = The parent has forked a child for this client.
forked-ask = Does the child have the listening socket open?
forked-is-open = yes
forked-is-closed = no
forked-say = Yes: descriptors are copied too. Both processes hold both sockets, and a socket lives as long as anybody holds it.

closed = The child has closed l, which it does not need. Now the parent closes c.
closed-ask = What does the client see when the parent closes c?
closed-is-end = the end of the connection
closed-is-connected = nothing
closed-say = Nothing: the child still holds the connection. close in one process takes only that process's descriptor away.

served = The parent is back in accept, ready for the next client. This one sends "hi" to the child.
served-say = The child has answered, while the parent waits for somebody else: two clients can be served at the same time.

end = The child is about to exit. It is the last process that holds the connection.
end-ask = What does the client see when the child exits?
end-is-open = an open connection
end-is-end = the end of the connection
end-say = The end: exit closes all descriptors, and this was the last one for the connection. (The child is a zombie: nobody waits for it here.)

leak = The same server, but the parent's close(c) was forgotten. A client was served, and the child is about to exit.
leak-ask = What does this client see when the child exits?
leak-is-open = an open connection
leak-is-end = the end of the connection
leak-say = Nothing: the parent holds the connection too, so it stays open though nobody will ever serve it. The client waits in vain, and the parent runs out of descriptors one day.

freed = The parent is killed.
freed-ask = And what does the client see now?
freed-is-open = an open connection
freed-is-end = the end of the connection
freed-say = The end at last: the last holder is gone.
after = See it live: forkscope, and forkscope --reap none
