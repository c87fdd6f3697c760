#!/usr/bin/env python3
"""Prepares vPIC's tables for looking them up in place: domain/vpic_tables.h says how they look.

usage: make_vpic_tables.py FOLDER_OF_CSV_FILES OUTPUT_FOLDER
"""

import collections
import csv
import gzip
import os
import re
import sys

LIGHT_TYPES = ("Passenger Car", "Truck", "Multipurpose Passenger Vehicle (MPV)",
               "Incomplete Vehicle")


def rows(folder, name):
    path = os.path.join(folder, name)
    if name.endswith(".gz"):
        return csv.DictReader(gzip.open(path, "rt", encoding="utf-8", newline=""))
    return csv.DictReader(open(path, encoding="utf-8", newline=""))


def bare(text):
    return re.sub("[^A-Z0-9]", "", text.upper())


def clean(text):
    return re.sub(r"\s+", " ", text).strip()


def assumed_make(manufacturer, makes):
    """The only make, or the one that the manufacturer is called after; empty when nothing says."""
    if len(makes) == 1:
        return makes[0]
    named = [make for make in makes if bare(make) in bare(manufacturer)]
    return named[0] if len(named) == 1 else ""


def manufacturers(folder, schemas):
    of_maker = collections.defaultdict(list)
    for row in rows(folder, "wmi_schema.csv"):
        if row["schema"] in schemas:
            of_maker[row["wmi"]].append((int(row["schema"]), row["year_from"] or "0",
                                         row["year_to"] or "9999"))
    for row in rows(folder, "wmi.csv"):
        makes = [clean(make) for make in row["makes"].split("|") if clean(make)]
        held = sorted(set(of_maker[row["wmi"]]), reverse=True)
        yield (row["wmi"], "L" if row["vehicle_type"] in LIGHT_TYPES else "-",
               assumed_make(row["manufacturer"], makes), "|".join(makes),
               ",".join("%d:%s:%s" % entry for entry in held))


def models_of_schemas(folder):
    result = collections.defaultdict(lambda: collections.defaultdict(set))
    for row in rows(folder, "patterns.csv.gz"):
        if row["element"] == "model":
            result[row["schema"]][clean(row["value"])].add(row["keys"])
    return result


def makes_of_models(folder):
    result = collections.defaultdict(set)
    for row in rows(folder, "make_model.csv"):
        result[bare(row["model"])].add(clean(row["make"]))
    result.pop("", None)
    return result


def write(folder, name, lines):
    lines = sorted(lines, key=lambda line: line[0].encode())
    keys = [line[0] for line in lines]
    if len(keys) != len(set(keys)):
        sys.exit("%s: a key twice" % name)
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write("\t".join(line) + "\n")


def main():
    source, target = sys.argv[1:]
    os.makedirs(target, exist_ok=True)
    schemas = models_of_schemas(source)
    for models in schemas.values():
        for model, keys in models.items():
            if "=" in model or any("," in key or "=" in key for key in keys):
                sys.exit("a separator in %s %s" % (model, keys))
    write(target, "schemas.tsv",
          [(schema, *("%s=%s" % (model, ",".join(sorted(keys)))
                      for model, keys in sorted(models.items())))
           for schema, models in schemas.items()])
    write(target, "manufacturers.tsv", manufacturers(source, schemas))
    write(target, "models.tsv",
          [(model, "|".join(sorted(makes))) for model, makes in makes_of_models(source).items()])


if __name__ == "__main__":
    main()
