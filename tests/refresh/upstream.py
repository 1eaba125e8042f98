"""What publishers serve, recorded, on this machine's own address; and a collection that does not know it yet."""

import csv
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PAGES = Path(__file__).parent / "pages"
RANKINGS = PAGES / "rankings-daily.json"


def board_rows():
    """The recorded rows of the style-controlled board of 2026-10-20: overall, and thirty of two categories."""
    files = sorted((PAGES / "text_style_control").glob("*.json"), key=lambda path: int(path.stem.split("-")[1]))
    return [one["row"] for path in files for one in json.loads(path.read_text())["rows"]]


def page(rows, first=0, length=100):
    """A page of a datasets server."""
    shown = [{"row_idx": first + n, "row": row, "truncated_cells": []} for n, row in enumerate(rows[first:][:length])]
    return {"rows": shown, "num_rows_total": len(rows)}


def as_pages(rows):
    """What a datasets server answers, for `served`."""

    def answer(path, query):
        return 200, {}, json.dumps(page(rows, int(query["offset"]), int(query["length"]))).encode()

    return answer


def parquet(rows, path):
    """The rows as the data set's own kind of file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@contextmanager
def served(answer):
    """Serve what a function of path and query returns (status, headers, body); yield the address and the requests."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            asked.append((self.path, self.headers.get("Authorization")))
            status, headers, body = answer(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()})
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def forget(folder, table, **values):
    """Take rows out of a table; return them."""
    path = folder / f"{table}.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    gone = [row for row in rows if all(row[column] == value for column, value in values.items())]
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row for row in rows if row not in gone)
    return gone


def table(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
