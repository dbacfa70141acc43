"""What bench_overhead asks a peer written in Python: see task_questions.hpp.

There are fewer tasks here than elsewhere, as each takes so long, and one more question: 'm', seconds for 64 blocks of
1 MiB, each sent to a worker that returns its length.
"""

import os
import struct
import sys
import time

TASKS = 20_000
ROUND_TRIPS = 2_000
BLOCKS = [bytes(1 << 20) for _ in range(64)]


def answer(all_tasks, round_trip, lengths):
    """Serves questions until there are no more."""
    while question := os.read(0, 1):
        if question == b"s":
            seconds = timed(lambda: expect(all_tasks(TASKS), TASKS * (TASKS + 1) // 2)) / TASKS
        elif question == b"m":
            seconds = timed(lambda: expect(lengths(BLOCKS), len(BLOCKS) << 20))
        else:
            trips = sorted(timed(round_trip) for _ in range(ROUND_TRIPS))
            seconds = trips[int((0.99 if question == b"R" else 0.5) * (ROUND_TRIPS - 1))]
        os.write(1, struct.pack("d", seconds))


def timed(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def expect(found, wanted):
    if found != wanted:
        sys.exit(f"the answer was {found}, not {wanted}")
