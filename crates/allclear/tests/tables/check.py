"""Tables of reports, read by readers that nobody here wrote: Apache Arrow's of Parquet (C++) and Python's of CSV.

Usage: check.py PROGRAM CLAIMS. Writes every table of the claims, and of hostile ones, as Parquet and as CSV, and compares the two cell by cell
and with the words of the claims. Prints a line for each check and closes with `N passed, N failed`.
"""

import csv
import datetime
import io
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib

import pyarrow
import pyarrow.parquet

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "clients"))
from checks import COUNTS, check  # noqa: E402

TABLES = ["figures", "claims", "remainders", "alerts", "acled", "ucdp"]
WORDS = ["=cmd|' /C calc'!A0", "+380", "-1", "@SUM(A1)", "a;=b", "tab\t=c", "line\n=d", '"quoted", and\r\n"=e"', "  =f", "＝g", "юніт, «так»", "'h", ";"]
# What a spreadsheet would run: at the beginning, or after what it may take for the end of a cell.
ARMED = re.compile(r"(?:^|[;\t\r\n])[\s\"']*?[=+\-@＝＋－＠]")
TYPES = {
    "low": pyarrow.uint64(),
    "unaccounted_low": pyarrow.int64(),
    "child": pyarrow.bool_(),
    "from": pyarrow.timestamp("ms", tz="UTC"),
    "event_date": pyarrow.date32(),
    "fatalities": pyarrow.uint64(),
    "words": pyarrow.string(),
    "latitude": pyarrow.string(),
}


def report(program, claims, *options):
    """What the program writes."""
    return subprocess.run([program, "report", "week", str(claims), *options], capture_output=True, check=True).stdout


def parquet(program, claims, table):
    """A table by Arrow, through standard output."""
    return pyarrow.parquet.read_table(io.BytesIO(report(program, claims, "--table", table, "--parquet", "-")))


def text(cell):
    """A cell as CSV writes it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime.datetime):
        return cell.strftime("%Y-%m-%dT%H:%M:%S.") + f"{cell.microsecond // 1000:03}Z"
    return str(cell)


def disarmed(cell):
    """CSV's words without the apostrophes that were put before signs."""
    return re.sub(r"'([=+\-@＝＋－＠\t\r\n])", r"\1", cell)


def same(program, claims, table):
    """Both readers find the same."""
    arrow = parquet(program, claims, table)
    raw = report(program, claims, "--table", table, "--csv").decode()
    lines = list(csv.reader(io.StringIO(raw, newline=""), strict=True))
    assert raw.endswith("\r\n") and lines[0] == arrow.column_names, lines[0]
    rows = [[text(cell) for cell in row.values()] for row in arrow.to_pylist()]
    assert len(lines) - 1 == len(rows), (len(lines), len(rows))
    for ours, theirs in zip(lines[1:], rows):
        assert [disarmed(cell) for cell in ours] == [disarmed(cell) for cell in theirs], (ours, theirs)
    for name, kind in TYPES.items():
        if name in arrow.column_names:
            assert arrow.schema.field(name).type == kind, (name, arrow.schema.field(name).type)
    return arrow.num_rows


def hostile(folder):
    """Claims whose source, area and words a spreadsheet would run."""
    path = folder / "hostile.toml"
    quoted = [word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") for word in WORDS]
    path.write_text(
        'version = 1\nname = "hostile"\nzone = { name = "Europe/Kyiv", posix = "EET-2EEST,M3.5.0/3,M10.5.0/4" }\n'
        + "".join(
            f'[[claim]]\nid = "{at}"\nsource = "{word}"\nkind = "killed"\nobject = "person"\nquantity = 18446744073709551615\narea = "{word}"\n'
            f'attacker = "{word}"\nfrom = 2025-03-20T01:00:00Z\nto = 2025-03-20T02:00:00Z\nwords = "{word}"\nstatement = "{word}"\n'
            for at, word in enumerate(quoted)
        ),
        encoding="utf-8",
        newline="",
    )
    return path


def main(program, claims):
    with tempfile.TemporaryDirectory() as folder:
        bad = hostile(pathlib.Path(folder))
        for table in TABLES:
            empty = ["ucdp", "alerts"]
            check(f"{table} of the worked night, by both readers", lambda table=table: (same(program, claims, table) > 0) == (table not in empty))
            check(f"{table} of hostile claims, by both readers", lambda table=table: same(program, bad, table) >= 0)

        def words():
            said = [claim["words"] for claim in tomllib.loads(pathlib.Path(claims).read_text())["claim"]]
            assert sorted(parquet(program, claims, "claims")["words"].to_pylist()) == sorted(said)
            assert sorted(parquet(program, bad, "claims")["words"].to_pylist()) == sorted(WORDS)
            assert set(parquet(program, bad, "claims")["low"].to_pylist()) == {2**64 - 1}

        check("Parquet has the words of the claims as they were said, and the largest count", words)

        def runs():
            for table in TABLES:
                raw = report(program, bad, "--table", table, "--csv").decode()
                for cell in (cell for row in csv.reader(io.StringIO(raw, newline="")) for cell in row):
                    for found in ARMED.finditer(cell):
                        assert found.group()[-2:-1] == "'", (table, cell)
                # As a spreadsheet that splits at semicolons would cut the same lines.
                for cell in (cell for line in raw.splitlines() for cell in re.split(r"[;\t]", line)):
                    assert not re.match(r"[\s\"]*[=+\-@＝＋－＠]", cell), (table, cell)

        check("no cell of CSV begins as a formula, at commas, semicolons or tabs", runs)
        remainder = lambda: parquet(program, claims, "remainders")["unaccounted_low"].to_pylist()  # noqa: E731
        check("33 of 171 are unaccounted for", lambda: 33 in remainder())
        check("the same figures give the same bytes", lambda: report(program, claims, "--parquet", "-") == report(program, claims, "--parquet", "-"))

        def saved():
            out = pathlib.Path(folder) / "out.parquet"
            report(program, claims, "--parquet", str(out))
            assert out.read_bytes() == report(program, claims, "--parquet", "-")

        check("a file has what standard output has", saved)
    print(f"{COUNTS['passed']} passed, {COUNTS['failed']} failed")
    return 1 if COUNTS["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
