"""Servers as odd as real ones are, a role each. Says its port in a line when it is ready, and ends with its parent."""

import array
import ctypes
import os
import signal
import socket
import sys
import threading

libc = ctypes.CDLL(None)
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15


def end_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def listener(reuse=False, port=0):
    taken = socket.socket()
    if reuse:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    taken.bind(("127.0.0.1", port))
    taken.listen()
    return taken


def ready(port=0):
    print(port, flush=True)


def child(does):
    pid = os.fork()
    if pid == 0:
        end_with_parent()
        does()
        os._exit(0)
    return pid


def wait_forever():
    while True:
        signal.pause()


def own_listeners():
    """Each worker listens on the same port by itself; the parent does not."""
    first = listener(reuse=True)
    port = first.getsockname()[1]
    told, tell = os.pipe()

    def worker():
        kept = listener(reuse=True, port=port)
        first.close()
        os.write(tell, b"x")
        wait_forever()
        kept.close()

    for _ in range(3):
        child(worker)
    first.close()
    for _ in range(3):
        os.read(told, 1)
    ready(port)
    wait_forever()


def passing():
    """The parent accepts, and passes each connection to its worker."""
    kept = listener()
    here, there = socket.socketpair()

    def worker():
        kept.close()
        here.close()
        held = []
        while True:
            _, ancillary, _, _ = there.recvmsg(1, socket.CMSG_SPACE(4))
            held.append(socket.socket(fileno=array.array("i", ancillary[0][2])[0]))
            held[-1].sendall(b"served\n")

    child(worker)
    there.close()
    ready(kept.getsockname()[1])
    while True:
        client, _ = kept.accept()
        fds = array.array("i", [client.fileno()])
        here.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        client.close()


def left():
    """The main thread leaves; another serves on."""
    kept = listener()

    def serves():
        held = []
        while True:
            held.append(kept.accept()[0])
            held[-1].sendall(b"served\n")

    threading.Thread(target=serves, daemon=True).start()
    ready(kept.getsockname()[1])
    libc.syscall(60, 0)  # exit(2): of this thread alone, on x86-64


def chain(links="3"):
    """A child leaves the session, renames itself, and runs one program after the other."""
    if links == "3":
        told, tell = os.pipe()
        os.set_inheritable(tell, True)

        def first():
            os.setsid()
            os.execv(sys.executable, [sys.executable, __file__, "chain", f"2:{tell}"])

        child(first)
        os.read(told, 1)
        ready()
        wait_forever()
    count, tell = links.split(":")
    if count == "0":
        libc.prctl(PR_SET_NAME, b"renamed")
        os.write(int(tell), b"x")
        wait_forever()
    os.set_inheritable(int(tell), True)
    os.execv(sys.executable, [sys.executable, __file__, "chain", f"{int(count) - 1}:{tell}"])


def swapping():
    """A worker that serves one client after the other, and waits in the same call on the same descriptor for each."""
    kept = listener()

    def worker():
        while True:
            client, _ = kept.accept()
            client.sendall(b"served\n")
            client.recv(1)
            client.close()

    child(worker)
    ready(kept.getsockname()[1])
    wait_forever()


def many():
    """Two thousand children."""
    for _ in range(2000):
        child(wait_forever)
    ready()
    wait_forever()


if __name__ == "__main__":
    roles = [own_listeners, passing, left, chain, swapping, many]
    {role.__name__: role for role in roles}[sys.argv[1]](*sys.argv[2:])
