"""Whatever restores there are: pages put together are the list, and the list is what was asked for."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import Phase, Restore, RestoreSpec
from fakes.history.listing import ListBy, ListQuery, SortBy, list_page
from fakes.lifecycle.restores import RestoreTarget, moment

VALUES = {
    SortBy.NAME: lambda restore: restore.name,
    SortBy.CREATED_AT: lambda restore: restore.created_at_microseconds,
    SortBy.UPDATED_AT: lambda restore: restore.status.updated_at_microseconds,
    SortBy.PHASE: lambda restore: restore.status.phase,
}
# Few values, so that there are many ties.
few = st.integers(0, 3)
uids = st.sampled_from(["one", "two", "three"])
moderately = settings(deadline=None, max_examples=150)


@st.composite
def restores(draw):
    made = []
    created = 0
    for ordinal in range(1, draw(st.integers(0, 12)) + 1):
        created += draw(few)
        order = RestoreSpec(name=f"copy-{draw(few)}", namespace="", project=draw(uids), backup=draw(uids))
        updated = created + draw(few)
        phase = draw(st.sampled_from(Phase))
        setting = RestoreTarget(
            tenant=draw(uids), cluster="", source_deployment=draw(uids), backup_location="", cloudsnap="", names={}
        )
        history = [moment(Phase.INITIALIZING, created), moment(phase, updated)]
        made.append(Restore(ordinal, f"rst:{ordinal}", order, setting, draw(uids), history))
    return made


queries = st.builds(
    ListQuery,
    list_by=st.none() | st.sampled_from(ListBy),
    uid=uids,
    sort_by=st.none() | st.sampled_from(SortBy),
    descending=st.booleans(),
    page_number=st.integers(1, 15),
    page_size=st.integers(1, 15),
)


def whole_list(all_restores, query):
    everything = ListQuery(
        list_by=query.list_by, uid=query.uid, sort_by=query.sort_by, descending=query.descending, page_size=1000
    )
    return list(list_page(all_restores, everything).restores)


def referred_to(restore, list_by):
    return {
        ListBy.TENANT: {restore.tenant},
        ListBy.PROJECT: {restore.spec.project},
        ListBy.DEPLOYMENT: {restore.source_deployment, restore.deployment},
        ListBy.BACKUP: {restore.spec.backup},
    }[list_by]


@moderately
@given(all_restores=restores(), query=queries)
def test_pages_put_together_are_the_list(all_restores, query):
    expected = whole_list(all_restores, query)
    collected, number = [], 1
    while number is not None:
        page = list_page(
            all_restores,
            ListQuery(
                list_by=query.list_by,
                uid=query.uid,
                sort_by=query.sort_by,
                descending=query.descending,
                page_number=number,
                page_size=query.page_size,
            ),
        )
        assert len(page.restores) <= query.page_size
        assert page.total_records == len(expected)
        collected += page.restores
        number = page.next_page

    assert collected == expected


@moderately
@given(all_restores=restores(), query=queries)
def test_a_list_has_exactly_what_its_filter_selects(all_restores, query):
    selected = {
        restore.uid
        for restore in all_restores
        if query.list_by is None or query.uid in referred_to(restore, query.list_by)
    }

    listed = [restore.uid for restore in whole_list(all_restores, query)]
    assert set(listed) == selected
    assert len(listed) == len(selected)


@moderately
@given(all_restores=restores(), sort_by=st.sampled_from(SortBy), descending=st.booleans())
def test_neighbours_are_in_order_and_ties_are_in_the_order_of_creation(all_restores, sort_by, descending):
    listed = whole_list(all_restores, ListQuery(sort_by=sort_by, descending=descending))

    value = VALUES[sort_by]
    for one, other in itertools.pairwise(listed):
        if value(one) == value(other):
            assert one.ordinal < other.ordinal
        else:
            assert (value(one) > value(other)) is descending


@moderately
@given(all_restores=restores(), query=queries)
def test_neighbouring_pages_exist_and_hold_something(all_restores, query):
    page = list_page(all_restores, query)

    assert page.total_pages == -(-page.total_records // query.page_size)
    assert page.next_page in {None, query.page_number + 1}
    for neighbour in (page.next_page, page.previous_page):
        assert neighbour is None or 1 <= neighbour <= page.total_pages
    assert (page.previous_page is None) is (query.page_number == 1 or page.total_pages == 0)
    assert (page.next_page is None) is (query.page_number >= page.total_pages)
