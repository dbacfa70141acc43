#!/usr/bin/env python3
"""Python's multiprocessing.Pool on single tasks: see task_questions.hpp."""

import multiprocessing
import python_questions


def successor(n):
    return n + 1


def main():
    with multiprocessing.get_context("fork").Pool() as pool:

        def all_tasks(tasks):
            results = [pool.apply_async(successor, (n,)) for n in range(tasks)]
            return sum(result.get() for result in results)

        python_questions.answer(
            all_tasks,
            lambda: pool.apply(successor, (1,)),
            lambda blocks: sum(pool.map(len, blocks, chunksize=1)),
        )


if __name__ == "__main__":
    main()
