"""Entities are found by name or uid; a miss says what came close; what was removed is still remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import Project, UnknownEntity
from fakes.world.registry import Registry


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
    assert [projects[name].name for name in projects] == ["shop", "analytics", "billing"]
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


@pytest.mark.parametrize("wrong", [None, 5, b"shop", ["shop"], Project("shop"), -(10**5000)], ids=lambda _: "")
def test_what_is_no_text_names_nothing(projects, wrong):
    for registry in (projects, projects.by_uid):
        assert wrong not in registry
        assert registry.get(wrong) is None
        with pytest.raises(UnknownEntity, match=r"project; expected a text$"):
            registry[wrong]


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
    assert list(projects) == ["analytics", "billing"]
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
    assert next(iter(projects.values())) is changed


def test_replacing_what_is_not_there_is_an_error(projects):
    with pytest.raises(UnknownEntity):
        projects.replace(Project("warehouse"))


def test_replacing_cannot_rename(projects):
    with pytest.raises(ValueError, match="'shop' can't be renamed to 'store'"):
        projects.replace(Project("store", uid=Project("shop").uid))


def test_iterating_gives_names(projects):
    assert list(projects) == list(projects.keys()) == ["shop", "analytics", "billing"]
    assert {name: project.uid for name, project in projects.items()} == {
        name: Project(name).uid for name in ("shop", "analytics", "billing")
    }


def test_those_of_a_shared_name_have_their_uids_as_keys(projects):
    projects.add(Project("shop", uid="prj:other"))

    assert list(projects) == [Project("shop").uid, "analytics", "billing", "prj:other"]
    assert "shop" not in projects


def test_by_uid_it_has_uids_as_keys_and_takes_nothing_else(projects):
    by_uid = projects.by_uid

    assert list(by_uid) == [Project(name).uid for name in ("shop", "analytics", "billing")]
    assert by_uid[Project("shop").uid] == Project("shop")
    assert "shop" not in by_uid
    with pytest.raises(
        UnknownEntity, match=rf"no project has the uid 'shop'; that is a name, of {Project('shop').uid}$"
    ):
        by_uid["shop"]
    with pytest.raises(UnknownEntity, match=r"no project has the uid 'prj:none'; expected one of 'prj:"):
        by_uid["prj:none"]


@pytest.mark.parametrize(
    "view_of", [lambda registry: registry, lambda registry: registry.by_uid], ids=["names", "uids"]
)
def test_a_copy_stays_as_it_is(projects, view_of):
    projects.add(Project("shop", uid="prj:other"))
    copy = view_of(projects).copy()
    before = dict(copy)

    projects.add(Project("warehouse"))
    projects.add(Project("shop", uid="prj:third"))
    projects.remove("billing")

    assert dict(copy) == before
    assert len(copy) == 4


names_and_uids = st.text("ab", min_size=1, max_size=2)


@given(
    st.dictionaries(names_and_uids, names_and_uids, max_size=6),
    st.lists(st.integers(0, 5), unique=True, max_size=3),
)
def test_its_keys_values_and_items_agree_whatever_names_and_uids_are_like(names, removed):
    registry = Registry("project")
    for uid, name in names.items():
        registry.add(Project(name, uid=uid))
    for index in removed:
        if index < len(names):
            registry.remove(list(names)[index])
    left = [uid for index, uid in enumerate(names) if index not in removed]

    for view in (registry, registry.by_uid):
        assert [entity.uid for entity in view.values()] == left
        assert len(view) == len(list(view)) == len(set(view)) == len(left)
        assert all(key in view and entity is view.get(key) for key, entity in view.items())
        assert [view[key] for key in view] == list(view.values())
    assert list(registry.by_uid) == left
    assert all(key in (names[entity.uid], entity.uid) for key, entity in registry.items())
