"""The side of a process that answers.

SIGTERM, and the end of stdin, end the process and what it has started: the parent process wants no more, or is gone.
"""

from __future__ import annotations

import faulthandler
import json
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import IO, Any, NoReturn

from pds_simulator_command import EXIT_INTERRUPTED, handle_persistently

Question = Mapping[str, Any]
Answer = Mapping[str, Any]


def answer_all(make_answer: Callable[[IO[str]], Callable[[Question], Answer]]) -> NoReturn:
    """Answer every line of stdin until there are no more.

    Args:
        make_answer: Returns what answers; takes the stream of the answers, which `ending_after` writes to.
    """
    handle_persistently(signal.SIGTERM, _end)
    asked = os.fdopen(os.dup(sys.stdin.fileno()), encoding="ascii")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="ascii")
    with open(os.devnull) as nothing:  # noqa: PTH123  # no path of ours
        os.dup2(nothing.fileno(), sys.stdin.fileno())  # what anybody else reads is no question
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints is no answer
    questions: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked, questions), daemon=True).start()
    answer = make_answer(answers)
    with suppress(KeyboardInterrupt):
        while True:
            answers.write(f"{json.dumps(answer(json.loads(questions.get())))}\n")
            answers.flush()
    os._exit(EXIT_INTERRUPTED)


def _read(stream: IO[str], questions: queue.SimpleQueue[str]) -> None:
    for line in stream:
        questions.put(line)
    main_thread = threading.main_thread().ident
    assert main_thread is not None
    signal.pthread_kill(main_thread, signal.SIGTERM)  # in another thread it would end no wait
    time.sleep(GRACE_SECONDS)
    os._exit(EXIT_INTERRUPTED)


def _end(_number: int, _frame: FrameType | None) -> NoReturn:
    """End what runs, such as a command with all its processes, and then this process."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


GRACE_SECONDS = 2
"""How long a function may go on after its time, when an exception has already tried to stop it."""


@contextmanager
def ending_after(seconds: float, answers: IO[str]) -> Iterator[None]:
    """End this process where the block takes longer than so long and a grace; instead of an answer it tells where."""
    latest_seconds = min(seconds + GRACE_SECONDS, threading.TIMEOUT_MAX)
    faulthandler.dump_traceback_later(latest_seconds, exit=True, file=answers)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
