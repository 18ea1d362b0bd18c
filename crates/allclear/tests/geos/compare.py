"""Compares the area index's answers with those of GEOS, another program with exact predicates.

Usage: compare.py FOLDER, as `allclear bench index --export FOLDER` wrote it. Every community is asked about every point and
shape near it; touching counts. Prints how many answers were compared and the first that differ; the exit code tells.
"""

import pathlib
import sys

import numpy
import shapely


def read(path):
    """The lines of a file, each split at its tabs."""
    return [line.split("\t") for line in path.read_text().splitlines()]


def main(folder):
    areas = read(folder / "areas.tsv")
    codes = [code for code, _ in areas]
    borders = shapely.from_wkb([wkb for _, wkb in areas])
    invalid = [code for code, border in zip(codes, borders) if not shapely.is_valid(border)]
    if invalid:
        print(f"{len(invalid)} areas are not valid to GEOS: {invalid[:5]}")
        return 1
    shapely.prepare(borders)
    answers = read(folder / "answers.tsv")
    questions = shapely.from_wkb([wkb for _, wkb, _ in answers])
    asked, found = shapely.STRtree(borders).query(questions, predicate=None)
    meets = shapely.intersects(borders[found], questions[asked])
    theirs = [set() for _ in answers]
    for question, area in zip(asked[meets], found[meets]):
        theirs[question].add(codes[area])
    ours = [set(filter(None, line.split(","))) for _, _, line in answers]
    differ = [at for at in range(len(answers)) if ours[at] != theirs[at]]
    for at in differ[:10]:
        print(f"{answers[at][0]} {shapely.to_wkt(questions[at], rounding_precision=17)}: "
              f"ours {sorted(ours[at])}, GEOS {sorted(theirs[at])}")
    count = {kind: sum(1 for line in answers if line[0] == kind) for kind in ("point", "shape")}
    empty = sum(1 for one in ours if not one)
    several = sum(1 for one in ours if len(one) > 1)
    print(f"GEOS {shapely.geos_version_string}: {count['point']} points and {count['shape']} shapes compared "
          f"({empty} meet nothing, {several} several communities), {len(differ)} differ")
    # A comparison of nothing is no comparison.
    enough = min(count.values()) > 0 and empty > 0 and several > 0 and numpy.count_nonzero(meets) > 0
    return 0 if enough and not differ else 1


sys.exit(main(pathlib.Path(sys.argv[1])))
