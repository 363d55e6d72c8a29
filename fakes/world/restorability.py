"""The restorability matrix: which versions of backup and image capabilities can be restored together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Condition:
    """Capability versions that can be restored together (API reference, RestoreCompatibilityCondition).

    Args:
        backup: Version that each named capability of the backup must have.
        image: Version that each named capability of the image must have.
    """

    backup: Mapping[str, str] = field(default_factory=dict)
    image: Mapping[str, str] = field(default_factory=dict)

    def copy(self) -> Condition:
        """A copy with its own mappings."""
        return Condition(dict(self.backup), dict(self.image))

    def holds(self, backup: Mapping[str, str], image: Mapping[str, str]) -> bool:
        """Whether a backup and an image with these capabilities can be restored together."""
        return self.backup.items() <= backup.items() and self.image.items() <= image.items()

    def __str__(self) -> str:
        return f"backup {dict(self.backup)} with image {dict(self.image)}"


RestorabilityMatrix = Mapping[str, Sequence[Condition]]
"""The conditions for each data service; one has to hold. A data service without conditions can't be restored."""

CURRENT = Condition(backup={"backup": "v2"}, image={"pds_restore": "v1"})
"""The capabilities of backups and images, unless a world says otherwise."""


def is_restorable(
    matrix: RestorabilityMatrix, data_service: str, backup: Mapping[str, str], image: Mapping[str, str]
) -> bool:
    """Whether *matrix* lets a backup of *data_service* be restored with an image of these capabilities."""
    return any(condition.holds(backup, image) for condition in matrix.get(data_service, ()))
