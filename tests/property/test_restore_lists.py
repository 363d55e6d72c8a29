"""Lists that stay sorted are the lists that sorting everything anew would give, whatever has happened meanwhile."""

import itertools
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import (
    Account,
    Backup,
    BackupLocation,
    Caller,
    Cluster,
    Deployment,
    LiveWorld,
    Namespace,
    Project,
    RestoreSpec,
    Tenant,
    World,
    derive_uid,
)
from fakes.history.listing import ListBy, ListQuery, Page, SortBy
from fakes.world.errors import WorldError

PROJECTS = ("shop", "billing")
SIGHTS = (None, frozenset(), frozenset({derive_uid("project", "shop")}), frozenset({derive_uid("project", "billing")}))

FILTERS = {
    ListBy.TENANT: lambda restore, uid: restore.tenant == uid,
    ListBy.PROJECT: lambda restore, uid: restore.spec.project == uid,
    ListBy.DEPLOYMENT: lambda restore, uid: uid in (restore.source_deployment, restore.deployment),
    ListBy.BACKUP: lambda restore, uid: restore.spec.backup == uid,
}
SORT_KEYS = {
    SortBy.NAME: lambda restore: restore.name,
    SortBy.CREATED_AT: lambda restore: restore.created_at_microseconds,
    SortBy.UPDATED_AT: lambda restore: restore.status.updated_at_microseconds,
    SortBy.PHASE: lambda restore: restore.phase,
}


def list_page(restores, query):
    """Selects, sorts and cuts *restores*, which come in the order of their creation, all anew."""
    selected = [restore for restore in restores if query.list_by is None or FILTERS[query.list_by](restore, query.uid)]
    if query.sort_by is not None:
        selected.sort(key=SORT_KEYS[query.sort_by], reverse=query.descending)
    elif query.descending:
        selected.reverse()
    first = (query.page_number - 1) * query.page_size
    page = selected[first : first + query.page_size]
    pages = range(1, math.ceil(len(selected) / query.page_size) + 1)
    following = query.page_number + 1
    return Page(
        page,
        len(selected),
        query.page_number,
        query.page_size,
        len(pages),
        following if following in pages else None,
        max((number for number in pages if number < query.page_number), default=None),
        [restore.version for restore in page],
    )


steps = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(0, 5), st.sampled_from(PROJECTS)),
        st.tuples(st.just("advance"), st.integers(0, 40_000_000)),
        st.tuples(st.just("back up")),
        st.tuples(st.just("look"), st.integers(0, 3)),
    ),
    min_size=5,
    max_size=40,
)


class Growing:
    """A world in which restores of two projects come and go, some of them restored from what was restored before."""

    def __init__(self):
        declared = World(
            accounts=[Account("acme")],
            tenants=[Tenant("engineering")],
            projects=[Project(name) for name in PROJECTS],
            clusters=[Cluster("east", capacity=2)],
            backup_locations=[BackupLocation("vault")],
            namespaces=[Namespace("prod", projects=PROJECTS)],
            deployments=[Deployment("orders", project="shop", data_service="PostgreSQL")],
            backups=[Backup("nightly", size_bytes=0)],
        )
        self.world = LiveWorld(declared, seed=1, start_microseconds=0)
        self.backups = [self.world.backups["nightly"]]

    def create(self, number, project):
        order = RestoreSpec(
            name=f"copy-{number}",
            namespace=self.world.namespaces["prod"].uid,
            project=derive_uid("project", project),
            backup=self.backups[number % len(self.backups)].uid,
        )
        try:
            self.world.create_restore(order, Caller())
        except WorldError:
            return  # the name is taken

    def advance(self, microseconds):
        self.world.environment.advance_to(self.world.environment.now_microseconds + microseconds)

    def back_up(self):
        """Back up what was restored last."""
        newest = list(self.world.deployments.values())[-1]
        backup = self.world.create_backup(f"backup-{len(self.backups)}", newest.uid)
        self.backups.append(self.world.complete_backup(backup.uid))


def queries(world):
    deployments = list(world.deployments.by_uid) + [restore.deployment for restore in world.restores.values()]
    chosen = [(None, ""), (ListBy.TENANT, derive_uid("tenant", "engineering")), (ListBy.PROJECT, "prj:unknown")]
    chosen += [(ListBy.PROJECT, derive_uid("project", name)) for name in PROJECTS]
    chosen += [(ListBy.BACKUP, uid) for uid in world.backups.by_uid]
    chosen += [(ListBy.DEPLOYMENT, uid) for uid in dict.fromkeys(deployments)]
    page_numbers = itertools.cycle((1, 2, 3))
    for (list_by, uid), sort_by, descending in itertools.product(chosen, (None, *SortBy), (False, True)):
        yield ListQuery(
            list_by=list_by,
            uid=uid,
            sort_by=sort_by,
            descending=descending,
            page_number=next(page_numbers),
            page_size=3,
        )


def shown(page):
    restores = [(restore.uid, restore.status) for restore in page.restores]
    where = (page.total_records, page.page_number, page.total_pages, page.next_page, page.previous_page)
    return (restores, list(page.versions), page.has_live, where)


def check_all(world, sight):
    caller = Caller("somebody", sight)
    seen = [restore for restore in world.restores.values() if caller.sees(restore.spec.project)]
    for query in queries(world):
        assert shown(world.list_restores(query, caller)) == shown(list_page(seen, query))


@settings(max_examples=25)
@given(history=steps)
def test_lists_follow_whatever_happens(history):
    growing = Growing()
    for verb, *arguments in history:
        if verb == "look":
            check_all(growing.world, SIGHTS[arguments[0]])
        else:
            getattr(growing, verb.replace(" ", "_"))(*arguments)
    for sight in SIGHTS:
        check_all(growing.world, sight)


@settings(max_examples=25)
@given(
    history=st.lists(
        st.one_of(
            st.tuples(st.just("create"), st.integers(0, 5), st.sampled_from(PROJECTS)),
            st.tuples(st.just("advance"), st.integers(0, 40_000_000)),
            st.tuples(st.just("forget"), st.integers(0, 6)),
            st.tuples(st.just("look"), st.integers(0, 100_000_000)),
        ),
        min_size=10,
        max_size=40,
    )
)
def test_lists_of_now_and_of_the_past_are_the_same_where_events_are_forgotten(history):
    forgetting, remembering = Growing(), Growing()

    def look(ago_microseconds):
        for sort_by, descending in itertools.product(SortBy, (False, True)):
            query = ListQuery(sort_by=sort_by, descending=descending, page_size=3)
            for past in (None, remembering.world.environment.now_microseconds - ago_microseconds):
                pages = [
                    growing.world.list_restores(query, Caller(), as_of_microseconds=past)
                    for growing in (forgetting, remembering)
                ]
                assert shown(pages[0]) == shown(pages[1])
                restores = remembering.world.restores.values()
                then = [each if past is None else each.as_of(past) for each in restores]
                assert shown(pages[1]) == shown(list_page(filter(None, then), query))

    for verb, *arguments in history:
        if verb == "look":
            look(*arguments)
        elif verb == "forget":
            forgetting.world.timeline.keep_last(*arguments)
        else:
            for growing in (forgetting, remembering):
                getattr(growing, verb)(*arguments)
    look(20_000_000)
    kept, everything = forgetting.world.timeline, remembering.world.timeline
    assert [event.fields() for event in kept] == [event.fields() for event in everything[kept.first_number - 1 :]]
    assert kept.last_number == everything.last_number


@settings(max_examples=5)
@given(seconds=st.integers(1, 60), page_number=st.integers(1, 120))
def test_lists_follow_when_more_has_happened_than_is_worth_following(seconds, page_number):
    growing = Growing()
    world = growing.world
    every_sort = [
        ListQuery(sort_by=sort_by, descending=descending, page_number=page_number, page_size=5)
        for sort_by in SortBy
        for descending in (False, True)
    ]
    for number in range(300):
        growing.create(number, PROJECTS[number % 2])
    for query in every_sort:
        world.list_restores(query, Caller())
    growing.advance(seconds * 1_000_000)
    for number in range(300, 600):
        growing.create(number, PROJECTS[number % 2])

    for query in every_sort:
        page = world.list_restores(query, Caller())
        assert shown(page) == shown(list_page(list(world.restores.values()), query))
