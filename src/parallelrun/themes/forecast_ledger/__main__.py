"""Freeze today's forecasts: ``python -m parallelrun.themes.forecast_ledger [--on DAY]... [--due DAY]...``."""

from __future__ import annotations

from datetime import date, datetime

import click

from parallelrun.errors import ParallelRunError
from parallelrun.study.counts import so_many
from parallelrun.themes.forecast_ledger import ledger


@click.command()
@click.option(
    "--on", "days", type=click.DateTime(["%Y-%m-%d"]), multiple=True,
    help="Day of the forecasts, by default today; repeatable. A past day sees only what is dated before it.",
)  # fmt: skip
@click.option(
    "--due", type=click.DateTime(["%Y-%m-%d"]), multiple=True,
    help="Day for which they are made, besides 4, 13, 26 and 52 weeks later; repeatable.",
)  # fmt: skip
def main(days: tuple[datetime, ...], due: tuple[datetime, ...]) -> None:
    """Add forecasts to data/forecast_ledger/forecasts.csv; what is frozen there is checked and never changed."""
    today = date.today()
    try:
        added = ledger.freeze(
            ledger.table_path(), [day.date() for day in days] or [today], today, [one.date() for one in due]
        )
    except ParallelRunError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{ledger.table_path()}: {so_many(added, 'forecast')} added")


if __name__ == "__main__":
    main()
