"""Each scenario, and each case of it, has a timeline of its own."""

from scenarios.reports.timelines import timeline_name


def test_a_name_is_that_of_the_file_and_the_case():
    assert timeline_name("folder/orders.yaml", "") == "orders.jsonl"
    assert timeline_name("folder/orders.yaml", "large/r") == "orders[large_r].jsonl"
    assert timeline_name("folder/orders.pds.yaml", "large") == "orders[large].jsonl"
