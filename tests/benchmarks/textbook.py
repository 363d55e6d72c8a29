"""The model of a restore as a textbook simpy program: what anybody would write who has read simpy's documentation.

A process for each restore, a `Resource` for the capacity, a link that its downloads share, uuid5 for ids, and lists for
histories and timeline. It has no faults, no outages, no lists to page through, and no checks of what a caller asks for.
"""

import uuid
from dataclasses import dataclass, field

import simpy

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "textbook")
PHASES_SECONDS = {
    "INITIALIZING": 1,
    "PENDING": 2,
    "RESTORING_CLOUDSNAP": 5,
    "RESTORING_DATA_SERVICE_DEPLOYMENT_CR": 3,
    "RESTORING_DATA_SERVICE_DEPLOYMENT": 30,
    "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE": 15,
}


@dataclass
class Restore:
    """A restore."""

    uid: str
    name: str
    deployment: str
    history: list = field(default_factory=list)


class Link:
    """A link whose bandwidth all downloads share equally."""

    def __init__(self, environment, bytes_per_second):
        self.environment = environment
        self.bytes_per_second = bytes_per_second
        self.missing_bytes = {}
        self.settled_at = 0.0
        self.generation = 0

    def download(self, size_bytes):
        """Give the event that the download is done."""
        self.settle()
        done = self.environment.event()
        self.missing_bytes[done] = size_bytes
        self.arrange()
        return done

    def settle(self):
        """Take from each download what it has got since the last time."""
        elapsed, self.settled_at = self.environment.now - self.settled_at, self.environment.now
        for done in self.missing_bytes:
            self.missing_bytes[done] -= elapsed * self.bytes_per_second / len(self.missing_bytes)

    def arrange(self):
        """Wake up when the next download is done."""
        self.generation += 1
        if self.missing_bytes:
            delay = min(self.missing_bytes.values()) * len(self.missing_bytes) / self.bytes_per_second
            timeout = self.environment.timeout(max(0.0, delay), value=self.generation)
            timeout.callbacks.append(self.wake)

    def wake(self, timeout):
        """End the download that is due, unless another one has come or gone meanwhile."""
        if timeout.value == self.generation:
            self.settle()
            done = min(self.missing_bytes, key=self.missing_bytes.get)
            del self.missing_bytes[done]
            self.arrange()
            done.succeed()


class Textbook:
    """A cluster and its restores."""

    def __init__(self, *, capacity, bytes_per_second, size_bytes):
        self.environment = simpy.Environment()
        self.slots = simpy.Resource(self.environment, capacity)
        self.link = Link(self.environment, bytes_per_second)
        self.size_bytes = size_bytes
        self.restores = {}
        self.deployments = {}
        self.timeline = []

    def create(self, name):
        """Start a restore."""
        uid = f"rst:{uuid.uuid5(NAMESPACE, name)}"
        restore = Restore(uid, name, f"dep:{uuid.uuid5(NAMESPACE, uid)}")
        self.restores[uid] = restore
        self.environment.process(self.run(restore))
        return restore

    def enter(self, restore, phase):
        """Write down that a restore has come to a phase."""
        restore.history.append((self.environment.now, phase))
        self.timeline.append((self.environment.now, restore.uid, phase))

    def run(self, restore):
        """The life of a restore."""
        timeout = self.environment.timeout
        self.enter(restore, "INITIALIZING")
        yield timeout(PHASES_SECONDS["INITIALIZING"])
        self.enter(restore, "PENDING")
        with self.slots.request() as slot:
            yield slot
            yield timeout(PHASES_SECONDS["PENDING"])
            self.enter(restore, "RESTORING_CLOUDSNAP")
            yield timeout(PHASES_SECONDS["RESTORING_CLOUDSNAP"])
            yield self.link.download(self.size_bytes)
            for phase in (
                "RESTORING_DATA_SERVICE_DEPLOYMENT_CR",
                "RESTORING_DATA_SERVICE_DEPLOYMENT",
                "DATA_SERVICE_DEPLOYMENT_ENTERING_NORMAL_MODE",
            ):
                self.enter(restore, phase)
                yield timeout(PHASES_SECONDS[phase])
            self.deployments[restore.deployment] = restore.name
            self.timeline.append((self.environment.now, restore.deployment, "deployment created"))
            self.enter(restore, "SUCCESSFUL")
