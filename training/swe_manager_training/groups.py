"""Which groups of samples teach something: dynamic sampling without a trainer.

A group is the answers sampled for one prompt. When all of them chose alike (all right or all wrong) the group
says nothing about choosing. Only the selection column decides: graded rewards differ in nearly every group, so
a filter on the weighted total drops none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class GroupFilter:
    """Collects groups until there are enough of those that teach. Positions count over all batches offered."""

    wanted: int
    """Groups in a batch."""
    kept: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)

    def offer(self, selection: Sequence[Sequence[float]]) -> None:
        """Takes the selection reward of every sample, group by group.

        >>> groups = GroupFilter(wanted=1)
        >>> groups.offer([[1.0, 1.0], [0.0, 1.0]])
        >>> groups.kept, groups.dropped, groups.is_full
        ([1], [0], True)
        """
        start = len(self.kept) + len(self.dropped)
        for position, values in enumerate(selection, start):
            (self.kept if len(set(values)) > 1 else self.dropped).append(position)

    @property
    def is_full(self) -> bool:
        return len(self.kept) >= self.wanted

    @property
    def fallback(self) -> int:
        """Dropped groups that a batch cannot do without."""
        return max(0, self.wanted - len(self.kept))

    def batch(self) -> list[int]:
        """The positions to train on: what teaches, filled up with the newest of the rest.

        >>> groups = GroupFilter(wanted=3)
        >>> groups.offer([[1.0, 1.0], [0.0, 1.0]])
        >>> groups.offer([[0.0, 0.0], [0.0, 0.0]])
        >>> groups.batch(), groups.fallback
        ([1, 2, 3], 2)
        """
        fill = self.dropped[len(self.dropped) - self.fallback :]
        return self.kept[: self.wanted] + fill
