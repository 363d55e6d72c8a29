"""A list has the restores that were asked for, in a certain order, on pages that never overlap."""

import pytest

from fakes import ANYBODY, Phase, derive_uid
from fakes.history.listing import ListBy, ListQuery, SortBy


@pytest.fixture
def world(living_world, spec_in, advance):
    """A world with five restores, created at different times and in different phases by now.

    | name | created | backup | into | ends |
    |---|---|---|---|---|
    | delta | 0 s | carts-backup | shop-prod | SUCCESSFUL at 61.12 s |
    | alpha | 10 s | orders-backup | shop-staging | live |
    | echo | 20 s | events-backup | analytics-prod | live |
    | bravo | 20 s | carts-backup | shop-staging | live, waiting for room |
    | carts | 30 s | carts-backup | shop-prod | FAILED at 46.12 s, because of its name |
    """
    rows = [
        (0, "delta", "carts-backup", "shop-prod", "shop"),
        (10, "alpha", "orders-backup", "shop-staging", "shop"),
        (20, "echo", "events-backup", "analytics-prod", "analytics"),
        (20, "bravo", "carts-backup", "shop-staging", "shop"),
        (30, "carts", "carts-backup", "shop-prod", "shop"),
    ]
    begin = living_world.environment.now_microseconds
    for seconds, name, backup, namespace, project in rows:
        living_world.environment.advance_to(begin + seconds * 1_000_000)
        order = spec_in(living_world, name, backup=backup, namespace=namespace, project=project)
        living_world.create_restore(order, ANYBODY)
    advance(living_world, 35)
    return living_world


@pytest.fixture
def names(world):
    """Lists the names that a query gives."""

    def listed(**query):
        return [restore.name for restore in world.list_restores(ListQuery(**query), ANYBODY).restores]

    return listed


def test_without_a_sort_they_come_in_the_order_of_creation(names):
    assert names() == ["delta", "alpha", "echo", "bravo", "carts"]


@pytest.mark.parametrize(
    ("list_by", "uid", "expected"),
    [
        (ListBy.TENANT, derive_uid("tenant", "acme-engineering"), ["delta", "alpha", "echo", "bravo", "carts"]),
        (ListBy.PROJECT, derive_uid("project", "shop"), ["delta", "alpha", "bravo", "carts"]),
        (ListBy.PROJECT, derive_uid("project", "analytics"), ["echo"]),
        (ListBy.BACKUP, derive_uid("backup", "carts-backup"), ["delta", "bravo", "carts"]),
        (ListBy.BACKUP, derive_uid("backup", "orders-legacy-backup"), []),
        (ListBy.DEPLOYMENT, derive_uid("deployment", "orders"), ["alpha"]),
        (ListBy.DEPLOYMENT, derive_uid("deployment", "carts"), ["delta", "bravo", "carts"]),
    ],
)
def test_each_filter_selects_what_has_that_uid(names, list_by, uid, expected):
    assert names(list_by=list_by, uid=uid) == expected


@pytest.mark.parametrize("list_by", ListBy)
@pytest.mark.parametrize("uid", ["unknown", "shop", derive_uid("account", "acme"), ""])
def test_an_unknown_uid_selects_nothing(world, list_by, uid):
    page = world.list_restores(ListQuery(list_by=list_by, uid=uid), ANYBODY)

    assert (list(page.restores), page.total_records, page.total_pages) == ([], 0, 0)


@pytest.mark.parametrize("name", ["delta", "echo", "carts"])
def test_a_restore_is_selected_by_the_deployment_it_restores_to(world, names, name):
    restore = world.restores[name]

    assert names(list_by=ListBy.DEPLOYMENT, uid=restore.deployment) == [name]


@pytest.mark.parametrize(
    ("sort_by", "ascending", "descending"),
    [
        (SortBy.NAME, "alpha bravo carts delta echo", "echo delta carts bravo alpha"),
        (SortBy.CREATED_AT, "delta alpha echo bravo carts", "carts echo bravo alpha delta"),
        (SortBy.UPDATED_AT, "alpha bravo echo carts delta", "delta carts echo bravo alpha"),
        (SortBy.PHASE, "bravo alpha echo delta carts", "carts delta alpha echo bravo"),
    ],
)
def test_each_sort_goes_both_ways_and_ties_stay_in_the_order_of_creation(names, sort_by, ascending, descending):
    assert names(sort_by=sort_by) == ascending.split()
    assert names(sort_by=sort_by, descending=True) == descending.split()


def test_the_world_is_as_the_sorts_need_it(world):
    phases = {restore.name: restore.status.phase for restore in world.restores.values()}

    assert phases == {
        "delta": Phase.SUCCESSFUL,
        "alpha": Phase.RESTORING_CLOUDSNAP,
        "echo": Phase.RESTORING_CLOUDSNAP,
        "bravo": Phase.PENDING,
        "carts": Phase.FAILED,
    }


def test_a_sort_applies_to_what_a_filter_selects(names):
    uid = derive_uid("backup", "carts-backup")

    assert names(list_by=ListBy.BACKUP, uid=uid, sort_by=SortBy.NAME) == ["bravo", "carts", "delta"]


@pytest.mark.parametrize("sort_by", [None, *SortBy])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 5, 6])
def test_pages_never_overlap_and_leave_nothing_out(names, sort_by, descending, page_size):
    def page(number):
        return names(sort_by=sort_by, descending=descending, page_number=number, page_size=page_size)

    pages = [page(number) for number in range(1, 8)]

    assert [name for one in pages for name in one] == names(sort_by=sort_by, descending=descending)


def page_numbers(world, **query):
    page = world.list_restores(ListQuery(**query), ANYBODY)
    return (len(page.restores), page.total_records, page.total_pages, page.previous_page, page.next_page)


@pytest.mark.parametrize(
    ("page_number", "page_size", "numbers"),
    [
        (1, 2, (2, 5, 3, None, 2)),
        (2, 2, (2, 5, 3, 1, 3)),
        (3, 2, (1, 5, 3, 2, None)),
        (1, 5, (5, 5, 1, None, None)),
        (1, 1000, (5, 5, 1, None, None)),
        (1, 1, (1, 5, 5, None, 2)),
    ],
)
def test_a_page_tells_where_it_stands(world, page_number, page_size, numbers):
    assert page_numbers(world, page_number=page_number, page_size=page_size) == numbers


@pytest.mark.parametrize(("page_number", "previous_page"), [(4, 3), (5, 3), (1000, 3), (2**63 - 1, 3)])
def test_a_page_past_the_end_is_empty_with_true_totals_and_leads_back(world, page_number, previous_page):
    assert page_numbers(world, page_number=page_number, page_size=2) == (0, 5, 3, previous_page, None)


def test_a_page_repeats_what_was_asked_for(world):
    page = world.list_restores(ListQuery(page_number=2, page_size=3), ANYBODY)

    assert (page.page_number, page.page_size) == (2, 3)


@pytest.mark.parametrize("page_number", [1, 2])
def test_an_empty_list_has_no_pages(living_world, page_number):
    assert page_numbers(living_world, page_number=page_number) == (0, 0, 0, None, None)


def test_a_page_is_of_fifty_unless_told_otherwise():
    assert ListQuery().page_size == 50
    assert ListQuery().page_number == 1
