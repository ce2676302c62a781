"""
Prints every TCP port of an address that accepts a connection, by half-open ones: `tcpSweep.py FROM ADDRESS`.

Whole connections would cost a busy machine minutes. The kernel of the machine that asks resets what is accepted, since none of its
sockets has asked.
"""

import select
import socket
import struct
import sys
import time

SOURCE_PORT = 61234
PORTS = range(1, 65536)
# As many at a time as the queues between two machines hold, and a moment in which they are taken out of there.
BATCH = 400
PAUSE = 0.01
# Seconds in which the last answer comes, also on a machine under load.
PATIENCE = 2.0
SYN, RST, ACK = 2, 4, 16
# <asm-generic/socket.h>; Python has no name for it.
SO_RCVBUFFORCE = 33


def total(data):
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def checksum(of):
    while of > 0xFFFF:
        of = (of >> 16) + (of & 0xFFFF)
    return ~of & 0xFFFF


def segment(port, without_port):
    return struct.pack(
        "!HHIIBBHHH", SOURCE_PORT, port, 1, 0, 5 << 4, SYN, 64240, checksum(without_port + port), 0
    )


def hear(raw, sender, answers):
    """Takes in what has come by now."""
    while select.select([raw], [], [], 0)[0]:
        packet, (address, _) = raw.recvfrom(256)
        start = (packet[0] & 15) * 4
        port, to = struct.unpack("!HH", packet[start : start + 4])
        if address == sender and to == SOURCE_PORT:
            answers[port] = packet[start + 13]


def ask(raw, address, ports, without_port, answers):
    for at in range(0, len(ports), BATCH):
        for port in ports[at : at + BATCH]:
            raw.sendto(segment(port, without_port), (address, 0))
        hear(raw, address, answers)
        time.sleep(PAUSE)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        hear(raw, address, answers)
        time.sleep(PAUSE)


def main():
    own, address = sys.argv[1:]
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    raw.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    raw.bind((own, 0))
    pseudo = socket.inet_aton(own) + socket.inet_aton(address) + struct.pack("!HH", socket.IPPROTO_TCP, 20)
    header = struct.pack("!HHIIBBHHH", SOURCE_PORT, 0, 1, 0, 5 << 4, SYN, 64240, 0, 0)
    answers = {}
    # The neighbour is looked for with the first packet, and few are kept until it is found.
    ask(raw, address, [1], total(pseudo + header), answers)
    # What was lost on the way is asked for once more.
    for _ in range(2):
        ask(raw, address, [port for port in PORTS if port not in answers], total(pseudo + header), answers)
    print(*sorted(port for port, flags in answers.items() if flags & (SYN | ACK | RST) == SYN | ACK))


main()
