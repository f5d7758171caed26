"""What is said while training."""

import io

from rich.console import Console

from causaldsl.train.progress import Bar

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


def test_the_cursor_is_hidden_only_while_a_stage_is_shown():
    seen = io.StringIO()
    bar = Bar(Console(file=seen, force_terminal=True))
    bar.say("a note")
    assert HIDE not in seen.getvalue(), "an error here would leave the terminal without a cursor"
    bar.stage("labels", 10, 0, 8)
    bar.stage("images", 10, 0, 8)
    assert HIDE in seen.getvalue()
    bar.close()
    assert seen.getvalue().count(HIDE) == seen.getvalue().count(SHOW) == 1
