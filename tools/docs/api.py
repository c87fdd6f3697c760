#!/usr/bin/env python3
"""Makes what the gateway serves at /docs and /descriptors.binpb.

usage: tools/docs/api.py --contracts FILE --descriptors FILE --share FOLDER --site FILE

--contracts is what contracts_json writes. FOLDER gets descriptors.binpb and docs/: openapi.json and
the reference. --site becomes C++ with all of them inside (tools/docs/site.h).
"""

import argparse
import hashlib
import json
import os
import re
import shutil

import reference
from examples import Examples

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".js": "text/javascript; charset=utf-8", ".json": "application/json",
         ".binpb": "application/x-protobuf"}
# When a comment does not say what to do: by the reason's name, the first that fits.
FIXES = [
    (r"^METHOD_UNKNOWN$", "Check the path, /<package>.<Service>/<Method>, and the versions."),
    (r"^MESSAGE_TOO_LARGE$", "Send or ask for less at once."),
    (r"^TOKEN_MISSING$", "Send the header Authorization: Bearer <token>."),
    (r"^TOKEN_", "Get another token from the issuer."),
    (r"^ACCESS_NOT_DECLARED$", "Tell the makers of the service."),
    (r"^PERMISSION_MISSING$", "Have it done by a role with the permission, or ask for that role."),
    (r"^LOCATION_NOT_GRANTED$", "Ask for the role at that location, too."),
    (r"^DEADLINE_PASSED$", "Send the same request again, with more time."),
    (r"^REQUEST_ID_REUSED$", "Make a request_id for each command; keep it for its repetitions."),
    (r"^VERSION_MISMATCH$", "Read it again and decide again."),
    (r"^CLIENT_TOO_SLOW$", "Open the stream again, behind the last position."),
    (r"^CALL_CANCELLED$", "Send the same request again if its effect is still wanted."),
    (r"^ANSWER_LOST$", "Read what it made."),
    (r"^STORED_DATA_DAMAGED$", "Restore the store from a backup or from Kafka."),
    (r"^INTERNAL_FAULT$", "Report it, with the x-request-id of the call."),
    (r"^OUTCOME_IS_UNKNOWN$", "Wait: it is asked for until it is known. Never charge again."),
    (r"(_RUNNING|_BUSY)$", "Wait until it has ended."),
    (r"(_UNKNOWN|_NOT_FOUND)$", "Send one that exists; the List, Get and Search methods find it."),
    (r"_EXISTS$", "Choose another id or name, or use the one that is there."),
    (r"_TAKEN$", "Use the one that has it, or another value."),
    (r"^TOO_MANY_", "Remove some first, or begin another document."),
    (r"_OVER_LIMIT$", "Ask somebody whose role may give more."),
    (r"(_INVALID|_OUT_OF_RANGE|_EMPTY|_REQUIRED|_TOO_LARGE|_REVERSED|_EXCEEDS_\w+|_DIFFERS)$",
     "Correct what the message and BadRequest name."),
    (r"", "What the message says: it names the ids and the way on."),
]
# How advice in a comment begins.
ADVICE = {"add", "ask", "authorise", "cancel", "change", "choose", "configure", "convert", "go",
          "invoice", "make", "open", "present", "read", "release", "resume", "return", "send",
          "take", "try", "use", "void", "wait"}
CODE = re.compile(r"^([A-Z_]+(?: or [A-Z_]+)?)(?: \+ (RetryInfo|BadRequest))?[:.]\s*")


def sentence(words):
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if not words or words.endswith(".") else ".")


def reasons_of(schema):
    """What each value of a …Reason enum means: code, when its comment says one; cause; fix."""
    for value in schema["x-pitlane-values"][1:]:
        name, comment = value["name"], value["description"]
        # Without one it depends on the method: mostly FAILED_PRECONDITION or INVALID_ARGUMENT.
        code, extra = "", None
        match = CODE.match(comment)
        if match:
            code, extra, comment = match[1], match[2], comment[match.end():]
        cause, fix = comment or name.replace("_", " ").lower(), None
        # "the cause: what to do", or "the cause; what to do".
        parts = re.split(r"[:;] (?=[a-z])", cause, maxsplit=1)
        if len(parts) == 2 and parts[1].split()[0] in ADVICE:
            cause, fix = parts
        if not fix and extra == "RetryInfo":
            fix = "Wait as long as RetryInfo says, then send the same request again."
        if not fix:
            fix = next(text for pattern, text in FIXES if re.search(pattern, name))
        yield {"reason": name, "code": code, "cause": sentence(cause), "fix": sentence(fix)}


def errors_by_area(schemas):
    areas = {}
    for name, schema in schemas.items():
        if "x-pitlane-values" not in schema or not name.endswith("Reason"):
            continue
        # Others are fields of messages: why stock was adjusted, and the like.
        if "refus" not in schema["description"] and "ErrorInfo" not in schema["description"]:
            continue
        areas[schema["x-pitlane-file"]] = list(reasons_of(schema))
    return areas


def error_response():
    detail = {"type": "object", "properties": {
        "type": {"type": "string", "description": "E.g. google.rpc.ErrorInfo."},
        "value": {"type": "string", "contentEncoding": "base64"},
        "debug": {"type": "object", "description": "The detail as JSON."}}}
    return {"description": "Refused: `code` and `message`; the detail google.rpc.ErrorInfo has the "
                           "`reason` (x-pitlane-errors).",
            "headers": {"Retry-After": {"schema": {"type": "integer"},
                                        "description": "Seconds to wait; with 429 and 503."}},
            "content": {"application/json": {"schema": {"type": "object", "properties": {
                "code": {"type": "string"}, "message": {"type": "string"},
                "details": {"type": "array", "items": detail}}}}}}


def complete(document, settings):
    """Adds examples, errors, and the GET form of reads."""
    schemas = document["components"]["schemas"]
    document["components"]["responses"] = {"error": error_response()}
    document["x-pitlane-errors"] = errors_by_area(schemas)
    document["x-pitlane-variables"] = settings["variables"]
    examples = Examples(schemas, settings)
    known = {e["reason"] for area in document["x-pitlane-errors"].values() for e in area}
    for path, item in document["paths"].items():
        post = item["post"]
        content = next(iter(post["requestBody"]["content"].values()))
        request = examples.of_method(path, content["schema"])
        post["x-pitlane"]["example"] = request
        post["x-pitlane"]["internal"] = post["x-pitlane"]["permission"] in settings["internal"]
        post["x-pitlane"]["refuses"] = [
            word for word in dict.fromkeys(re.findall(r"\b[A-Z][A-Z_]+\b", post["description"]))
            if word in known]
        post["summary"] = re.split(r"(?<=\.) ", post["description"])[0]
        content["example"] = examples.filled(request)
        if post["x-pitlane"]["kind"] == "read":
            item["get"] = by_get(post, content)
    return document


def by_get(post, content):
    query = [("connect", {"const": "v1"}), ("encoding", {"const": "json"})]
    parameters = [{"name": name, "in": "query", "required": True, "schema": schema}
                  for name, schema in query]
    parameters.append({"name": "message", "in": "query", "required": True,
                       "content": {"application/json": content}})
    get = {key: value for key, value in post.items() if key not in ("requestBody", "x-pitlane")}
    return dict(get, operationId=post["operationId"] + ".Get",
                parameters=post["parameters"] + parameters)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def site_source(share):
    """C++ with the files below `share`: the assembler takes them in, not the compiler."""
    begin, table = [], []
    for folder, folders, names in os.walk(share):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()[:32]
            symbol = f"pitlane_site_{len(table)}"
            url = "/" + os.path.relpath(path, share)
            kind = TYPES[os.path.splitext(name)[1]]
            begin.append(f'__asm__(".section .rodata\\n.global {symbol}\\n{symbol}:\\n'
                         f'.incbin \\"{path}\\"\\n.global {symbol}_end\\n{symbol}_end:\\n'
                         f'.byte 0\\n.previous");\n'
                         f'extern "C" const char {symbol}[], {symbol}_end[];')
            table.append(f'      {{"{url}", "{kind}", "\\"{digest}\\"",\n'
                         f'       {{{symbol}, static_cast<size_t>({symbol}_end - {symbol})}}}},')
    return "\n".join(['// Made by tools/docs/api.py.', '#include "tools/docs/site.h"', "",
                      *begin, "", "namespace pitlane::docs {", "",
                      "std::span<const SiteFile> Site() {",
                      "  static const SiteFile files[] = {", *table, "  };",
                      "  return files;", "}", "", "}  // namespace pitlane::docs", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag in ("--contracts", "--descriptors", "--share", "--site"):
        parser.add_argument(flag, required=True, type=os.path.abspath)
    options = parser.parse_args()
    with open(options.contracts, encoding="utf-8") as file:
        document = json.load(file)
    with open(os.path.join(HERE, "examples.json"), encoding="utf-8") as file:
        document = complete(document, json.load(file))
    docs = os.path.join(options.share, "docs")
    shutil.rmtree(docs, ignore_errors=True)
    write(os.path.join(docs, "openapi.json"), json.dumps(document, indent=1, ensure_ascii=False))
    for name, text in reference.pages(document).items():
        write(os.path.join(docs, name), text)
    for name in ("docs.css", "docs.js"):
        shutil.copyfile(os.path.join(HERE, name), os.path.join(docs, name))
    shutil.copyfile(options.descriptors, os.path.join(options.share, "descriptors.binpb"))
    write(options.site, site_source(options.share))


if __name__ == "__main__":
    main()
