"""Entities are found by name or uid; a miss says what came close; what was removed is still remembered."""

import pytest

from fakes import Project, UnknownEntity
from fakes.registry import Registry


@pytest.fixture
def projects():
    registry = Registry("project")
    for name in ("shop", "analytics", "billing"):
        registry.add(Project(name))
    return registry


def test_an_entity_is_found_by_its_name_and_by_its_uid(projects):
    shop = Project("shop")

    assert projects["shop"] == shop
    assert projects[shop.uid] == shop


def test_entities_come_in_the_order_in_which_they_were_added(projects):
    assert [projects[uid].name for uid in projects] == ["shop", "analytics", "billing"]
    assert projects.names() == ["shop", "analytics", "billing"]
    assert len(projects) == 3


def test_a_registry_contains_names_and_uids(projects):
    assert "shop" in projects
    assert Project("shop").uid in projects
    assert "warehouse" not in projects


def test_a_miss_names_what_comes_close(projects):
    with pytest.raises(UnknownEntity, match=r"^no project 'shopp'; did you mean 'shop'\?$"):
        projects["shopp"]


def test_a_miss_that_comes_close_to_nothing_names_what_there_is(projects):
    with pytest.raises(UnknownEntity, match="'shop', 'analytics', 'billing'"):
        projects["qqqqqqqqqq"]


def test_a_miss_in_an_empty_registry_says_so():
    with pytest.raises(UnknownEntity, match=r"^no project 'shop'; there are none$"):
        Registry("project")["shop"]


def test_an_unknown_entity_is_a_key_error(projects):
    with pytest.raises(KeyError):
        projects["warehouse"]
    assert projects.get("warehouse") is None


def test_a_name_that_several_have_is_answered_with_their_uids(projects):
    projects.add(Project("shop", uid="prj:other"))

    with pytest.raises(UnknownEntity) as caught:
        projects["shop"]

    assert "2 projects are named 'shop'" in str(caught.value)
    assert "prj:other" in str(caught.value)
    assert Project("shop").uid in str(caught.value)


def test_those_of_a_shared_name_are_found_by_uid(projects):
    other = Project("shop", uid="prj:other")
    projects.add(other)

    assert projects["prj:other"] == other
    assert projects.named("shop") == [Project("shop"), other]


def test_a_shared_name_is_unambiguous_again_once_one_is_left(projects):
    projects.add(Project("shop", uid="prj:other"))

    projects.remove(Project("shop").uid)

    assert projects["shop"].uid == "prj:other"


def test_a_uid_wins_over_a_name_that_reads_the_same(projects):
    uid = Project("shop").uid
    projects.add(Project(uid, uid="prj:other"))

    assert projects[uid].name == "shop"


def test_a_uid_is_taken_only_once(projects):
    with pytest.raises(ValueError, match=r"two projects have the uid prj:.*: 'shop' and another"):
        projects.add(Project("shop"))

    assert len(projects) == 3


def test_what_was_removed_is_no_longer_found(projects):
    removed = projects.remove("shop")

    assert removed == Project("shop")
    assert "shop" not in projects
    assert removed.uid not in projects
    assert list(projects) == [Project("analytics").uid, Project("billing").uid]
    assert projects.named("shop") == []
    assert "shop" not in projects.names()


def test_what_was_removed_is_recalled_by_its_uid(projects):
    removed = projects.remove("shop")

    assert projects.recall(removed.uid) == removed
    assert projects.recall(Project("billing").uid) == Project("billing")


def test_all_that_is_and_was_is_recalled_once(projects):
    removed = projects.remove("shop")

    assert projects.recall_all() == [Project("analytics"), Project("billing"), removed]
    projects.add(removed)
    assert projects.recall_all() == [Project("analytics"), Project("billing"), removed]


def test_what_never_was_is_not_recalled(projects):
    with pytest.raises(UnknownEntity, match="no project 'prj:never'"):
        projects.recall("prj:never")


def test_removing_what_is_not_there_is_an_error(projects):
    projects.remove("shop")

    with pytest.raises(UnknownEntity):
        projects.remove("shop")


def test_a_removed_name_can_be_taken_again(projects):
    projects.remove("shop")
    projects.add(Project("shop", uid="prj:second"))

    assert projects["shop"].uid == "prj:second"


def test_replacing_changes_the_value_and_keeps_the_place(projects):
    changed = Project("shop", tenant="ten:other")

    projects.replace(changed)

    assert projects["shop"].tenant == "ten:other"
    assert next(iter(projects)) == changed.uid


def test_replacing_what_is_not_there_is_an_error(projects):
    with pytest.raises(UnknownEntity):
        projects.replace(Project("warehouse"))


def test_replacing_cannot_rename(projects):
    with pytest.raises(ValueError, match="'shop' can't be renamed to 'store'"):
        projects.replace(Project("store", uid=Project("shop").uid))
