"""The audit: every claim of the collection judged by its checks, and the command, on anyone's files."""

import contextlib
import csv
import json
import math
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from datetime import date, timedelta

import pytest

from parallelrun import ipynb, project
from parallelrun.audit import audit
from parallelrun.audit.claims import CHECK_COLUMNS, CLAIM_COLUMNS, KINDS
from parallelrun.audit.printed import stands_for
from parallelrun.audit.verdicts import FALSE, VERDICTS
from parallelrun.data import rows, tables
from parallelrun.data.rows import Tables
from parallelrun.errors import UnboundedError
from parallelrun.refresh import boards, changes, prices, rankings
from parallelrun.themes import claims_audit
from tests.audit.conftest import claim_row, write
from tests.collection import ROOT

# the collection's own claims


def test_every_claim_of_the_articles_is_judged(own):
    numbers = {name.partition("_")[0] for name in own.judged}
    expected = {f"{a}{n:02d}" for a, c in {"A": 83, "B": 11, "C": 10, "D": 28}.items() for n in range(1, c + 1)}
    assert numbers == expected
    tested = {name for name, one in own.judged.items() if any(f.outcome != "open" for f in one.findings)}
    assert len({name.partition("_")[0] for name in tested}) >= 70


def test_every_unverifiable_claim_says_what_was_looked_for(own):
    for name, one in own.judged.items():
        if one.verdict == "unverifiable":
            assert "looked" in one.claim.row["note"], name
        else:
            assert one.claim.row["note"] == "", f"{name} is {one.verdict}: its note is of no use"


def later(row, columns):
    """A row as a refresh may add it ten years on: another day, other figures."""
    days = {c: f"{int(row[c][:4]) + 10}{row[c][4:]}" for c in columns if re.fullmatch(r"\d{4}-\d\d-\d\d", row[c])}
    figures = {c: f"{float(row[c]) * 1.5:.10g}" for c in ("value", "input_price", "output_price") if row.get(c)}
    return row | days | figures


def test_rows_that_a_refresh_adds_change_no_check_of_what_was_printed(own, tmp_path):
    """A check names the day that it reads, so that later boards, weeks and prices leave it as it is."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    for name in (*(f"convergence/{one}.csv" for one in boards.TOGETHER), rankings.TABLE, prices.TABLE):
        held = [row.cells for row in rows.read(data / name)]
        added = [later(row, row) for row in held if row.get("board") in (None, "overall", "default")]
        (data / name).write_bytes(changes.as_csv([*held, *added]))
    then = audit.prepare(tables=Tables(data)).judge(own.as_of)
    before, after = (
        {
            (name, f.check.expression): (f.outcome, None if f.comparison else f.computed)
            for name, j in one.judged.items()
            for f in j.findings
        }
        for one in (own, then)
    )
    assert {check: after[check] for check, said in before.items() if after[check] != said} == {}


def test_results_of_boards_that_checks_read_name_their_time():
    """The exchanges of the lead on all boards at hand moved a claim of April with a board of December."""
    read = {
        name
        for row in rows.read(ROOT / "data" / "checks.csv")
        for name in re.findall(r"convergence\.(\w+)", row.cells["expression"])
    }
    assert {name for name in read if not re.search(r"_20\d\d", name)} == {"closing_multiple"}


def test_no_verdict_is_typed():
    fields = [field["name"] for field in tables.tables()["claims"]["schema"]["fields"]]
    assert "verdict" not in fields
    for check in tables.load("checks").itertuples():
        assert not set(check.note.lower().split()) & set(VERDICTS)


def test_a_claim_repeats_its_curated_row_and_no_figure(own):
    """The printed figure stands in the curated cell alone; source, place and day agree with it."""
    for name, one in own.judged.items():
        row, curated = one.claim.row, one.figure.rows[0]
        assert (row["source"], row["locator"], row["as_of"]) == tuple(
            curated[c] for c in ("source", "locator", "as_of")
        )
        assert row["theme"] == one.figure.table.partition("/")[0] or one.figure.table == "claims_audit/statements"
        digits = (
            []
            if one.figure.form == "date"
            else [word for word in one.figure.text.replace("%", "").split() if any(c.isdigit() for c in word)]
        )
        assert not set(digits) & set(row["statement"].split()), name


def test_every_curated_figure_of_a_claim_is_judged(own):
    """No printed figure is left out: each row with a number or a date is the figure of a claim."""
    cited = {(one.figure.table, row.line) for one in own.judged.values() for row in one.figure.rows}
    for table in tables.tables():
        if table not in ("claims", "checks", "sources"):
            for row in own.names.tables.rows(table):
                if row.get("claim"):
                    assert (table, row.line) in cited, row.where()


def test_kinds_of_checks_are_what_they_say(own):
    """Arithmetic stays inside an article, cross reads another one, independent reads what is no article's."""
    source = {name: one.claim.row["source"] for name, one in own.judged.items()}
    articles = set(source.values())
    for name, one in own.judged.items():
        for finding in one.findings:
            rows = {own.names.tables.rows(t)[line - 2].get("source") for t, line in finding.reads.rows}
            read = {source[c] for c in finding.reads.claims} | (rows & articles)
            other_data = bool(finding.reads.results or rows - articles)
            place = f"{name}: {finding.check.expression}"
            if finding.check.kind == "arithmetic":
                assert read <= {source[name]}, place
                assert not other_data, place
            if finding.check.kind == "cross":
                assert read - {source[name]}, place
                assert not other_data, place
            if finding.check.kind == "independent":
                assert other_data, place


@pytest.mark.parametrize(
    ("claim", "verdict", "kind", "low", "high"),
    [
        ("A19", "holds", "arithmetic", 53, 55),
        ("A13", "unverifiable", "scope", 1225 - 1058, 1225 - 1026),
        ("A13", "unverifiable", "scope", 1148.8 - 1038, 1227 - 1036),
        ("A37", "unverifiable", "independent", 1, 16),
        ("A62", "unverifiable", "scope", 15, 25),
        ("A22", "misattributed", "independent", 94, 94),
        ("A22", "misattributed", "scope", 50, 50),
        ("A27", "holds", "independent", 36.6667, 36.6667),
        ("A32", "misattributed", "scope", 12.885 / 3.0405, 13.035 / 3.0195),
        ("A53", "unverifiable", "scope", 3.5, 7),
        ("A50", "misattributed", "arithmetic", 16.65, 16.75),
        ("A57", "misattributed", "scope", 425 / 148.5, 426 / 147.5),
        ("D15", "holds", "independent", 34.38805, 34.38805),
    ],
)
def test_the_audit_finds_the_figures_that_do_not_fit(own, claim, verdict, kind, low, high):
    one = own.judged[claim]
    assert one.verdict == verdict
    found = [(f.computed.low, f.computed.high) for f in one.findings if f.check.kind == kind and not f.comparison]
    assert any(a == pytest.approx(low, rel=1e-4) and b == pytest.approx(high, rel=1e-4) for a, b in found), found


@pytest.mark.parametrize(
    ("claim", "verdict", "expression"),
    [
        ("A05", "inconsistent", "number(A05 + A06) <= "),
        ("A22", "misattributed", "A23 + A24 + A26 + A25 / A27 <= A22"),
        ("A01", "fails", "C01"),
        ("A55_END", "fails", "cell("),
        ("A74", "fails", "cell("),
        ("C01", "holds", "A01"),
        ("C04", "fails", "convergence.margins_to_parity_2026_03"),
        ("C05", "fails", "C02 != A19 / A11"),
        ("D21_GAP", "fails", "convergence.margins_to_parity_2026_03"),
    ],
)
def test_the_audit_finds_the_statements_that_do_not_fit(own, claim, verdict, expression):
    one = own.judged[claim]
    assert one.verdict == verdict
    assert any(f.check.expression.startswith(expression) and f.outcome == "disagrees" for f in one.findings)


CAREFUL = {
    "holds": "A03 A11 A15 A19 A20 A25 A27 A47 A49 A55 A56 A66 A69_PAPERS A70 A70_KR C01 C02 D21",
    "fails": "A01 B01 A55_END A65 C04 C05 D21_GAP",
    "inconsistent": "A05 A06",
    "contested": "A17 A18 A73 B06 C03",
    "misattributed": "A30 A31 A32 A33 A34 A35 A36 A50 A57",
    "unverifiable": "A13 A16 A29 A37 A51 A52 A53 A54 A59 A61 B05 D03 D05",
}
"""Claims whose verdict is not that of the nearest number, as someone who checks facts for a living would give it."""


@pytest.mark.parametrize("verdict", CAREFUL)
def test_verdicts_are_those_of_a_careful_fact_checker(own, verdict):
    assert {name: own.judged[name].verdict for name in CAREFUL[verdict].split()} == dict.fromkeys(
        CAREFUL[verdict].split(), verdict
    )


def test_a_claim_is_not_refuted_by_one_that_is_false(own):
    false = {name for name, one in own.judged.items() if one.verdict in FALSE}
    for name, one in own.judged.items():
        for finding in one.findings:
            assert not (finding.inputs & false and finding.standing in ("decides", "weighed")), name


def test_every_claim_with_a_figure_is_touched_by_a_check(own):
    """By one of its own or of another claim; but the date of a forecast waits for nothing but the calendar."""
    findings = [finding for one in own.judged.values() for finding in one.findings]
    claims = set().union(*(finding.reads.claims for finding in findings))
    rows = set().union(*(finding.reads.rows for finding in findings))
    for name, one in own.judged.items():
        read = name in claims or any((one.figure.table, row.line) in rows for row in one.figure.rows)
        waits = one.verdict == "forecast" and one.figure.form == "date"
        assert one.figure.quantity is None or one.findings or read or waits, name


def moved(figure, row):
    """Return the cells of a row whose figure has moved by ten of its half widths, or by 40 days beyond its span."""
    quantity = figure.quantity
    if figure.form == "date":
        day = (figure.last_day + timedelta(days=40)).isoformat()
        return {"published": day, "earliest": day, "latest": day}
    if figure.form == "number":
        printed = f"{quantity.centre + 5 * (quantity.high - quantity.low or 1):.10g}"
    elif figure.form == "range":
        printed = "-".join(f"{end + 5 * (quantity.high - quantity.low):.10g}" for end in (quantity.low, quantity.high))
    else:
        rounding = stands_for(f"~{quantity.value:.10g}").high - quantity.value
        printed = f"{'<=' if math.isinf(quantity.low) else '>'} {quantity.value + 10 * rounding:.10g}"
    stands = stands_for(printed, row["unit"])
    return {"published": printed, "value": str(stands.value), "low": str(stands.low), "high": str(stands.high)}


def test_mutating_a_printed_figure_beyond_its_rounding_changes_a_verdict_or_a_margin(own):
    """Every printed figure that is not words, moved in the table that holds it."""
    before = {name: (one.verdict, one.margin, one.relative) for name, one in own.judged.items()}
    tested, unmoved = set(), {}
    for name, one in own.judged.items():
        if one.figure.quantity is None or one.figure.form == "words":
            continue
        tables = Tables(project.data_dir())
        row = next(r for r in tables.rows(one.figure.table) if r.line == one.figure.rows[0].line)
        row.cells.update(moved(one.figure, row))
        after = audit.prepare(tables=tables).judge()
        tested.add(name)
        if {n: (o.verdict, o.margin, o.relative) for n, o in after.judged.items()} == before:
            unmoved[name] = f"{one.figure.text} to {row['published']}"
    assert unmoved == {}
    assert len(tested) > 90
    assert {"A02", "A13", "A28", "A60", "A62", "A63", "A67", "A72", "C06", "D15"} <= tested


def far(figure, row, times):
    """Return the cells of a row whose figure is so many times what it was; a date moves by a year."""
    if figure.form == "date":
        day = (figure.last_day + timedelta(days=365 if times > 1 else -365)).isoformat()
        return {"published": day, "earliest": day, "latest": day}
    number = re.compile(r"\d+(?:\.\d+)?")
    scaled = lambda found: f"{float(found[0]) * times:.10f}".rstrip("0").rstrip(".")  # noqa: E731
    ratio, text = re.match(r"(1[:/])?(.*)", figure.text.replace(",", "")).groups()
    printed = (ratio or "") + number.sub(scaled, text)
    stands = stands_for(printed, row["unit"])
    return {"published": printed, "value": str(stands.value), "low": str(stands.low), "high": str(stands.high)}


@pytest.mark.parametrize("times", [0, 20])
def test_no_figure_holds_wherever_it_is_moved(own, times):
    """A claim that holds with its figure at nothing, or at twenty times as much, was never tested by its checks."""
    tested = set()
    for name, one in own.judged.items():
        if one.verdict != "holds" or one.figure.form not in ("number", "range", "date"):
            continue
        tables = Tables(project.data_dir())
        row = next(r for r in tables.rows(one.figure.table) if r.line == one.figure.rows[0].line)
        row.cells.update(far(one.figure, row, times))
        tested.add(name)
        with contextlib.suppress(UnboundedError):  # nothing divides by nothing
            after = audit.prepare(tables=tables).judge().judged[name]
            assert after.verdict != "holds", f"{name} holds with {row['published']} too"
    assert len(tested) > 15
    assert {"A02", "A28", "A44", "D15"} <= tested


@pytest.mark.parametrize("claim", ["A23", "A24", "A26", "A72"])
def test_what_only_bounds_a_figure_does_not_make_it_hold(own, claim):
    one = own.judged[claim]
    assert one.verdict == "unverifiable"
    assert one.margin is not None
    assert {finding.outcome for finding in one.findings} == {"agrees"}


def test_ranks_of_vendors_follow_from_their_counts():
    counts = tables.load("convergence/vendor_model_counts")
    ranks = counts.groupby("year")["value"].rank(method="min", ascending=False)
    assert counts["rank"].tolist() == ranks.tolist()


def test_the_early_interval_follows_from_the_battles():
    row = tables.load("convergence/early_vendor_scores").query("model == 'PaLM 2'").iloc[0]
    half = round(1.96 * 400 / math.log(10) * 2 / math.sqrt(1800))
    assert (row["low"], row["high"]) == (row["value"] - half, row["value"] + half)


def test_a_forecast_is_open_until_its_day(own):
    assert own.judged["D17"].verdict == "forecast"
    later = audit.run(as_of=date(2030, 1, 1)).judged
    assert not [name for name, one in later.items() if one.verdict == "forecast"]
    assert later["D17"].verdict == "unverifiable"
    assert "has passed" in later["D17"].reason
    assert later["D14"].verdict == "holds"
    assert audit.run(as_of=date(2026, 4, 18)).judged["A66"].verdict == "forecast"


def test_the_default_day_is_that_of_the_data_here_and_in_the_notebook(own):
    assert own.as_of == tables.load("sources")["accessed"].max().date()
    assert claims_audit.Parameters().as_of == own.as_of.isoformat()


# anyone's claims


def test_the_report_prints_control_characters_escaped(tmp_path):
    row = list(claim_row("X1", "5", "ratio"))
    row[CLAIM_COLUMNS.index("statement")] = "wiped\x1b[2J\0"
    write(tmp_path / "claims.csv", CLAIM_COLUMNS, [row])
    write(tmp_path / "checks.csv", CHECK_COLUMNS, [])
    said = audit.report(audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv"))
    assert "wiped\\x1b[2J\\x00  [5]" in said


def test_the_report_says_which_checks_do_not_count(own):
    said = audit.report(own)
    assert "disagrees  cross, void: A01" in said
    assert "disagrees  arithmetic, outranked: A07 - A11" in said


def test_verdicts_do_not_depend_on_the_order_of_rows(tmp_path, own):
    for seed in (1, 2):
        for name in ("claims", "checks"):
            header, *rows = csv.reader((ROOT / "data" / f"{name}.csv").read_text(encoding="utf-8").splitlines())
            random.Random(seed).shuffle(rows)
            write(tmp_path / f"{name}.csv", header, rows)
        shuffled = audit.run(tmp_path / "claims.csv", tmp_path / "checks.csv")
        assert audit.as_json(shuffled) == audit.as_json(own)


def test_widening_printed_intervals_can_only_make_disagreements_vanish(own):
    case = audit.prepare()
    refuted = lambda done: {  # noqa: E731
        (n, f.check.expression) for n, one in done.judged.items() for f in one.findings if f.outcome == "disagrees"
    }
    narrow = refuted(own)
    for factor in (1.5, 4.0, 32.0):
        wide = refuted(case.judge(widen=factor))
        assert wide <= narrow | {
            (n, f.check.expression)
            for n, one in own.judged.items()
            for f in one.findings
            if f.outcome == "open" or "!=" in f.check.expression or one.figure.form in ("range", "bound")
        }
    assert len(refuted(case.judge(widen=32.0))) < len(narrow)


# the command


def test_the_command_prints_every_verdict_as_json(command, own):
    finished = command("audit", "--json")
    assert finished.returncode == 0, finished.stderr
    printed = json.loads(finished.stdout)
    assert printed == audit.as_json(own)
    for one in printed:
        assert {"id", "verdict", "published", "checks"} <= set(one)
        assert {"low", "high"} <= set(one["published"])
        assert one["verdict"] in VERDICTS
        for check in one["checks"]:
            assert {"kind", "expression", "computed"} <= set(check)
            assert {"low", "high"} <= set(check["computed"])
            assert check["kind"] in KINDS


def test_the_command_judges_the_example_in_the_documentation(command):
    folder = ROOT / "docs" / "example"
    finished = command(
        "audit", "--claims", folder / "claims.csv", "--checks", folder / "checks.csv", "--as-of", "2026-06-30"
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() in (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")


def test_exit_codes_say_whether_it_could_judge_and_what_was_found(command, tmp_path):
    folder = ROOT / "docs" / "example"
    files = ["--claims", folder / "claims.csv", "--checks", folder / "checks.csv"]
    assert command("audit", *files, "--fail-on", "unverifiable,fails").returncode == 1
    assert command("audit", *files, "--fail-on", "misattributed").returncode == 0
    assert command("audit", *files, "--fail-on", "").returncode == 2
    refused = command("audit", "--fail-on", "wrong")
    assert (refused.returncode, "'wrong' is no verdict" in refused.stderr) == (2, True)
    assert command("audit", "--claims", folder / "claims.csv").returncode == 2
    assert command("audit", "--as-of", "yesterday").returncode == 2
    shutil.copytree(folder, tmp_path / "mine")
    with (tmp_path / "mine" / "checks.csv").open("a", encoding="utf-8") as file:
        file.write("GROWTH,arithmetic,RIDERS + 1 / 0,\n")
    broken = command(
        "audit", "--claims", tmp_path / "mine" / "claims.csv", "--checks", tmp_path / "mine" / "checks.csv"
    )
    assert broken.returncode == 2
    assert "checks.csv, line" in broken.stderr
    assert "GROWTH" in broken.stderr
    missing = command("audit", "--claims", tmp_path / "no.csv", "--checks", folder / "checks.csv")
    assert (missing.returncode, "cannot be read" in missing.stderr) == (2, True)


def test_the_notebook_has_the_same_verdicts(own):
    stored = json.loads((ROOT / "figures" / "claims_audit" / "results.json").read_text(encoding="utf-8"))
    counts = {r["name"]: r["value"] for r in stored["results"]}
    assert {verdict: counts[verdict] for verdict in VERDICTS} == own.counts()
    assert ipynb.reads_results(ipynb.read(project.notebook_path("claims_audit")))
    assert not any(math.isnan(value) for value in counts.values())


def test_all_claims_are_decided_in_a_third_of_the_time_of_importing_pandas_twice():
    """Files read, expressions evaluated and verdicts found, in a process that has the libraries; medians of one run."""
    importing = "import time; start = time.perf_counter(); import pandas; print(time.perf_counter() - start)"
    imports, decisions = [], []
    for _ in range(3):
        finished = subprocess.run([sys.executable, "-c", importing], capture_output=True, text=True, check=True)
        imports.append(float(finished.stdout))
        start = time.perf_counter()
        audit.run()
        decisions.append(time.perf_counter() - start)
    assert 3 * statistics.median(decisions) < 2 * statistics.median(imports)
