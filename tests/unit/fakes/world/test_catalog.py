"""A living world has every declared entity, found by name and by uid."""

import pytest

from fakes import default_world
from fakes.world.catalog import Catalog
from fakes.world.entities import COLLECTIONS


@pytest.fixture
def inventory():
    return Catalog(default_world())


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_declared_entity_is_there(inventory, collection):
    declared = getattr(default_world(), collection)

    assert tuple(inventory.collection(collection).values()) == declared
    assert inventory.collection(collection)[declared[0].name] == declared[0]
    assert inventory.collection(collection)[declared[0].uid] == declared[0]


def test_a_deployment_is_found_by_its_name_within_its_namespace(inventory):
    shop_prod, shop_staging = (inventory.namespaces[name].uid for name in ("shop-prod", "shop-staging"))

    assert inventory.deployment_named(shop_prod, "orders") == inventory.deployments["orders"]
    assert inventory.deployment_named(shop_staging, "orders") is None
    assert inventory.deployment_named(shop_prod, "warehouse") is None


def test_inventories_of_one_world_do_not_know_of_each_other():
    world = default_world()
    one, other = Catalog(world), Catalog(world)

    one.backups.remove("orders-backup")

    assert "orders-backup" in other.backups
