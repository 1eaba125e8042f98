"""A comparison of two countries says which one its rows lack, of which table, and what to do."""

import pandas as pd
import pytest

from parallelrun.data.tables import Inputs
from parallelrun.errors import DataError
from parallelrun.study.countries import need_both

ROWS = pd.DataFrame({"country": ["US", "US", "CN", "FR"]})
ROWS.attrs["inputs"] = Inputs({"theme/prices"})


def test_rows_of_both_countries_are_enough():
    need_both(ROWS, "models")


@pytest.mark.parametrize("gone", ["US", "CN"])
def test_the_country_that_has_no_row_is_named_with_table_and_column(gone):
    with pytest.raises(DataError) as error:
        need_both(ROWS[ROWS["country"] != gone], "models on sale", otherwise="take another snapshot")
    assert str(error.value) == (
        f"theme/prices: column 'country' has none of {gone} among the models on sale; expected at least 1 of each of "
        f"US and CN: add rows of {gone}, or take another snapshot"
    )


def test_too_few_rows_are_counted():
    with pytest.raises(DataError, match=r"has 2 of US and 1 of CN among the models; expected at least 3 of each"):
        need_both(ROWS, "models", least=3)


def test_tables_that_the_rows_do_not_carry_can_be_given():
    with pytest.raises(DataError, match=r"^theme/prices: column 'country' has none of US and none of CN"):
        need_both(pd.DataFrame({"country": pd.Series(dtype=str)}), "models", ROWS)
