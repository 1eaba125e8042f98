"""The command `refresh`: shown, then written; a dry run writes nothing; the notebooks run on what it writes."""

from tests.collection import MINIMAL, refused, run_command, write
from tests.refresh.upstream import PAGES, RANKINGS, forget


def test_two_refreshes_share_a_folder(collection):
    forget(collection / "data", "token_economics/platform_weeks", week_start="2026-08-10")
    forget(collection / "data", "convergence/modality_leaders", as_of="2026-10-20")
    for what, place in (("boards", PAGES / "webdev" / "latest.json"), ("rankings", RANKINGS)):
        finished = run_command("refresh", what, "--from", place, "--into", "mine", cwd=collection)
        assert finished.returncode == 0, finished.stderr
    sources = (collection / "mine" / "sources.csv").read_text()
    assert "arena-leaderboard-2026-10-20" in sources
    assert "openrouter-daily-2026-08-22" in sources
    write(collection, "fifth", MINIMAL.format(stem="fifth"))
    finished = run_command("run", "fifth", "--data", "mine", "--format", "svg", cwd=collection)
    assert finished.returncode == 0, finished.stderr


def test_a_dry_run_writes_nothing(collection):
    forget(collection / "data", "token_economics/platform_weeks", week_start="2026-08-10")
    before = {path: path.read_bytes() for path in (collection / "data").rglob("*.csv")}
    finished = run_command("refresh", "rankings", "--from", RANKINGS, "--dry-run", "--into", "mine", cwd=collection)
    assert "new, 0 as they are" in finished.stdout
    assert not (collection / "mine").exists()
    assert {path: path.read_bytes() for path in (collection / "data").rglob("*.csv")} == before


def test_prices_come_from_packages_only(collection):
    assert "prices come from installed packages" in refused(collection, "refresh", "prices", "--from", "x.json")
