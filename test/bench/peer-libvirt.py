"""The other side of the libvirt benchmarks: python3-libvirt, that is libvirt's own C client.

Usage: peer-libvirt.py URI. Reads one command a line from stdin, answers with the seconds it took, until stdin ends.
"""

import sys
import time

import libvirt


def sequential(connection, count):
    for _ in range(count):
        connection.getLibVersion()


def stats(connection, _count):
    connection.getAllDomainStats(0, 0)


def definitions(connection, _count):
    for domain in connection.listAllDomains(0):
        domain.XMLDesc(0)


COMMANDS = {"sequential": sequential, "stats": stats, "definitions": definitions}


def main():
    connection = libvirt.open(sys.argv[1])
    print("ready", flush=True)
    for line in sys.stdin:
        name, count = line.split()
        start = time.perf_counter()
        COMMANDS[name](connection, int(count))
        print(time.perf_counter() - start, flush=True)


main()
