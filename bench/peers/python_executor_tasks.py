#!/usr/bin/env python3
"""Python's concurrent.futures.ProcessPoolExecutor on single tasks: see task_questions.hpp."""

import concurrent.futures
import multiprocessing
import python_questions


def successor(n):
    return n + 1


def main():
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(mp_context=context) as pool:

        def all_tasks(tasks):
            results = [pool.submit(successor, n) for n in range(tasks)]
            return sum(result.result() for result in results)

        python_questions.answer(
            all_tasks,
            lambda: pool.submit(successor, 1).result(),
            lambda blocks: sum(pool.map(len, blocks)),
        )


if __name__ == "__main__":
    main()
