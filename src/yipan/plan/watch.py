"""What a search is doing, how far it is, and where its seconds went."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from yipan.text import Text

Progress = Callable[[int, int, Text], None]

STEPS: dict[str, Text] = {
    "check": Text("检查规划问题", "checking the problem"),
    "futures": Text("为每个情景各找最好的方案", "finding the best plan for each future"),
    "alone": Text("逐个试建候选项目", "trying each candidate alone"),
    "exact": Text("枚举所有可行组合", "measuring every feasible set"),
    "greedy": Text("逐步选入并重新测量", "adding projects and measuring again"),
    "exchange": Text("试换项目", "trying exchanges"),
    "relink": Text("在好方案之间寻找", "looking between good plans"),
    "subset": Text("枚举最强候选的组合", "enumerating the strongest candidates"),
    "branch": Text("分支定界", "branch and bound"),
    "reasons": Text("计算理由与落选项目", "working out reasons and what just missed"),
    "argue": Text("寻找其他好方案与门槛", "looking for other good plans and for thresholds"),
    "bound": Text("计算上界", "bounding the optimum"),
    "path": Text("安排年份并逐年测量", "phasing and measuring each year"),
    "robust": Text("试算成本、延误与效果的变化", "trying other costs, delays and effects"),
    "verify": Text("从头复测", "measuring again from scratch"),
}
"""What a search does, in order."""


@dataclass
class Watch:
    """Seconds by step, and progress: evaluations made out of an estimate of all."""

    progress: Progress | None
    total: int
    done: int = 0
    step: str = "check"
    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def to(self, step: str) -> None:
        """End the running step and begin another."""
        now = time.perf_counter()
        self.seconds[self.step] = self.seconds.get(self.step, 0.0) + now - self._since
        self._since, self.step = now, step
        self.tell()

    def evaluated(self, count: int) -> None:
        """Take note of an evaluation."""
        self.done = count
        self.tell()

    def tell(self) -> None:
        """Report; the last step alone reaches the total."""
        if self.progress is not None:
            self.progress(min(self.done, self.total - 1), self.total, STEPS[self.step])

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Close the last step and report the end."""
        yield
        self.to(self.step)
        if self.progress is not None:
            self.progress(self.total, self.total, STEPS[self.step])
