"""Paints invoices in a process of its own that may not use much (threat S12).

Started by path with `python -I` and without environment. What to paint comes on stdin from our own
worker, what was painted goes out on stdout; each after its length, 4 bytes, big end first. It ends
when stdin does. Arguments: our root folder, seconds of CPU for one document, bytes of memory.
"""

import pickle
import resource
import sys
from typing import IO

LENGTH = 4


def lock_up(memory: int) -> None:
    """From here on: bounded memory, few open files, none written."""
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def allow_cpu(seconds: int) -> None:
    """The next document may use so much; the process is killed when it uses more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    so_far = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (so_far + seconds + 1, most))


def read_frame(stream: IO[bytes]) -> bytes | None:
    """None at the end of the stream."""
    length = stream.read(LENGTH)
    if len(length) < LENGTH:
        return None
    return stream.read(int.from_bytes(length))


def write_frame(stream: IO[bytes], data: bytes) -> None:
    stream.write(len(data).to_bytes(LENGTH))
    stream.write(data)
    stream.flush()


def work(cpu_s: int) -> None:
    """Paint until nobody asks any more. A document that cannot be painted ends the process."""
    from invoicing.document.painting import paint  # noqa: PLC0415  the path is set by then

    while (asked := read_frame(sys.stdin.buffer)) is not None:
        allow_cpu(cpu_s)
        face = pickle.loads(asked)  # noqa: S301  from our own worker, never from outside
        write_frame(sys.stdout.buffer, paint(face))


if __name__ == "__main__":
    root, cpu_s, memory = sys.argv[1:]
    lock_up(int(memory))
    sys.path.insert(0, root)
    work(int(cpu_s))
