"""The reference for readers: HTML pages out of the OpenAPI document. One page for each area, one
for errors, and a first one. Everything is in the pages themselves; docs.js only runs examples."""

import html
import json
import re

NEWLINE = "\n"
REFERENCE = "#/components/schemas/"
KINDS = {"read": "read", "write": "change", "watch": "stream"}


def text(value):
    return html.escape(str(value), quote=True)


def area_of(name):
    """pitlane.ticket.v1.Job -> ticket."""
    parts = name.split(".")
    return parts[1] if parts[0] == "pitlane" and len(parts) > 2 else ""


def short(name):
    return name.rsplit(".", 1)[1]


class Reference:
    def __init__(self, document):
        self.document = document
        self.schemas = document["components"]["schemas"]
        self.errors = document["x-pitlane-errors"]
        self.refusals = {n for n, s in self.schemas.items()
                         if "enum" in s and "ErrorInfo" in s["description"] or
                         n.endswith(".ErrorReason")}
        self.reasons = {}
        for package, rows in self.errors.items():
            for row in rows:
                self.reasons.setdefault(row["reason"], []).append(package)
        self.services = {tag["name"]: tag for tag in document["tags"]}
        self.areas = list(dict.fromkeys(area_of(name) for name in self.services))

    # --- pieces --------------------------------------------------------------------------------

    def page(self, title, body):
        links = [("index.html", "Pitlane")] + [(f"{a}.html", a) for a in self.areas]
        links += [("errors.html", "errors"), ("openapi.json", "OpenAPI")]
        navigation = " ".join(f'<a href="/docs/{href}">{text(name)}</a>' for href, name in links)
        return (f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
                f'<meta name="viewport" content="width=device-width">\n'
                f"<title>{text(title)}</title>\n"
                f'<link rel="stylesheet" href="/docs/docs.css">\n'
                f'<script type="module" src="/docs/docs.js"></script>\n</head>\n<body>\n'
                f'<nav>{navigation}\n<label>Token <input id="token" type="password" '
                f'autocomplete="off" placeholder="to run examples"></label></nav>\n'
                f"<main>\n{body}</main>\n</body>\n</html>\n")

    def address_of(self, name):
        if name in self.refusals:
            return f"/docs/errors.html#{self.schemas[name]['x-pitlane-file']}"
        area = area_of(name)
        return f"/docs/{area if area in self.areas else 'index'}.html#{name}"

    def prose(self, comment, area):
        """A comment with links to the reasons it names."""
        def link(match):
            packages = self.reasons.get(match[0], [])
            own = [p for p in packages if area_of(p) == area] or packages[:1]
            if not own:
                return match[0]
            return f'<a href="/docs/errors.html#{own[0]}.{match[0]}">{match[0]}</a>'
        escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", text(comment))
        return re.sub(r"\b[A-Z][A-Z_]{3,}\b", link, escaped)

    def type_of(self, schema):
        if schema.get("type") == "array":
            return "list of " + self.type_of(schema["items"])
        if "additionalProperties" in schema:
            return "map of " + self.type_of(schema["additionalProperties"])
        if "$ref" in schema:
            name = schema["$ref"][len(REFERENCE):]
            return f'<a href="{self.address_of(name)}">{short(name)}</a>'
        return text(schema.get("format") or schema.get("contentEncoding") or schema["type"])

    def fields(self, name, area):
        rows = []
        for field, schema in self.schemas[name].get("properties", {}).items():
            notes = self.prose(schema.get("description", ""), area)
            if "x-pitlane-oneof" in schema:
                notes = f'<em>one of {text(schema["x-pitlane-oneof"])}.</em> {notes}'
            rows.append(f"<tr><td><code>{text(field)}</code><td>{self.type_of(schema)}"
                        f"<td>{notes}\n")
        if not rows:
            return "<p>No fields.</p>\n"
        return f'<table><tr><th>field<th>type<th>meaning\n{"".join(rows)}</table>\n'

    def method(self, path, operation, area):
        own = operation["x-pitlane"]
        media = next(iter(operation["requestBody"]["content"]))
        asked = operation["requestBody"]["content"][media]["schema"]["$ref"][len(REFERENCE):]
        given = operation["responses"]["200"]["content"][media]["schema"]["$ref"][len(REFERENCE):]
        name = path.rsplit("/", 1)[1]
        example = json.dumps(own["example"], indent=2, ensure_ascii=False)
        permission = own["permission"].removeprefix("PERMISSION_").replace("_", " ").lower()
        return (f'<section class="method" id="{name}">\n<h3><a href="#{name}">{name}</a> '
                f'<span class="kind {own["kind"]}">{KINDS[own["kind"]]}</span></h3>\n'
                f"<p>{self.prose(operation['description'], area)}</p>\n"
                f"<p><code>POST {path}</code> · needs <em>{text(permission)}</em>"
                f"{', which only services have' if own['internal'] else ''}</p>\n"
                f"<h4>Request</h4>\n{self.fields(asked, area)}"
                f"<h4>Answer{'s, one after the other' if own['kind'] == 'watch' else ''}</h4>\n"
                f"{self.fields(given, area)}"
                f'<form class="example" data-path="{path}" data-kind="{own["kind"]}">\n'
                f'<label>Example<textarea spellcheck="false" rows="{example.count(NEWLINE) + 2}">'
                f'{text(example)}</textarea></label>\n'
                f'<button>Run</button> <output></output>\n<pre hidden></pre>\n</form>\n'
                f'</section>\n')

    def schema(self, name, area):
        schema = self.schemas[name]
        body = f'<section id="{text(name)}">\n<h3>{short(name)}</h3>\n' \
               f"<p>{self.prose(schema['description'], area)}</p>\n"
        if "x-pitlane-values" not in schema:
            return body + self.fields(name, area) + "</section>\n"
        rows = "".join(f"<tr><td><code>{text(v['name'])}</code>"
                       f"<td>{self.prose(v['description'], area)}\n"
                       for v in schema["x-pitlane-values"])
        return f"{body}<table><tr><th>value<th>meaning\n{rows}</table>\n</section>\n"

    # --- pages ---------------------------------------------------------------------------------

    def area(self, area):
        body = ""
        shown = set()
        for name, tag in self.services.items():
            if area_of(name) != area:
                continue
            operations = {path: item["post"] for path, item in self.document["paths"].items()
                          if path.startswith(f"/{name}/")}
            contents = "".join(f'<li><a href="#{p.rsplit("/", 1)[1]}">{p.rsplit("/", 1)[1]}</a> '
                               f'{text(o["summary"])}' for p, o in operations.items())
            body += (f"<h1>{text(short(name))}</h1>\n"
                     f"<p>{self.prose(tag['description'], area)}</p>\n"
                     f"<ul>{contents}</ul>\n<h2>Methods</h2>\n")
            for path, operation in operations.items():
                body += self.method(path, operation, area)
                for part in (operation["requestBody"], operation["responses"]["200"]):
                    shown.add(next(iter(part["content"].values()))["schema"]["$ref"])
        body += "<h2>Messages</h2>\n"
        for name in sorted(self.schemas):
            if area_of(name) == area and REFERENCE + name not in shown \
                    and name not in self.refusals:
                body += self.schema(name, area)
        return self.page(f"{area} — Pitlane", body)

    def common(self):
        names = sorted(n for n in self.schemas if area_of(n) not in self.areas and
                       n not in self.refusals)
        return "".join(self.schema(name, area_of(name)) for name in names)

    def errors_page(self):
        body = ("<h1>Errors</h1>\n<p>Every refusal has a <code>code</code>, a <code>message</code> "
                "that says what to do, and the detail <code>google.rpc.ErrorInfo</code>, whose "
                "<code>reason</code> is one of these. <code>google.rpc.BadRequest</code> names the "
                "fields that are wrong; <code>google.rpc.RetryInfo</code> says when to try again."
                "</p>\n")
        for package, rows in self.errors.items():
            body += (f'<h2 id="{package}">{text(package)}</h2>\n'
                     f"<table><tr><th>reason<th>code<th>cause<th>what to do\n")
            for row in rows:
                body += (f'<tr id="{package}.{row["reason"]}"><td><code>{row["reason"]}</code>'
                         f"<td>{text(row['code'])}<td>{text(row['cause'])}<td>{text(row['fix'])}\n")
            body += "</table>\n"
        return self.page("Errors — Pitlane", body)

    def index(self):
        services = "".join(
            f'<tr><td><a href="/docs/{area_of(name)}.html">{text(short(name))}</a>'
            f"<td>{self.prose(re.split(r'(?<=[.]) ', tag['description'])[0], area_of(name))}\n"
            for name, tag in self.services.items())
        body = (f"<h1>Pitlane</h1>\n<p>Every method, with an example that runs: put a token above, "
                f"open a method, press <em>Run</em>. <code>pitlane token --role owner</code> prints"
                f" a token on the computer where Pitlane runs. Examples are filled in with what "
                f"the shop has; changes are real changes.</p>\n"
                f"<table><tr><th>service<th>what for\n{services}</table>\n"
                f'<p><a href="/docs/errors.html">Errors, their cause and what to do</a> · '
                f'<a href="/docs/openapi.json">OpenAPI 3.1</a> · '
                f'<a href="/descriptors.binpb">descriptor set</a> (protobuf, with comments)</p>\n'
                f"<h2>Messages of all areas</h2>\n{self.common()}")
        return self.page("Pitlane", body)


def pages(document):
    reference = Reference(document)
    made = {f"{area}.html": reference.area(area) for area in reference.areas}
    made["errors.html"] = reference.errors_page()
    made["index.html"] = reference.index()
    return made
