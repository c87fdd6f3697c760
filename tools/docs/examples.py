"""A request for each method that one can send: by the field's name, by what its comment says, and
by examples.json, which has what a comment cannot say. `${ticketId}` stands for a ticket of the shop
in which it is run; how to find one is in examples.json, too."""

import re

LEFT_OUT = re.compile(r"\b(empty|absent|unspecified|0): |may be empty|^optional|made by (a|the)\b|"
                      r"^empty\b", re.I)
PAGING = {"pageSize", "pageToken"}
TEXTS = {"description": "Front brakes", "title": "Front brakes", "name": "Example",
         "text": "Example", "label": "Counter 2", "reason": "The customer asked for it",
         "note": "Example"}
REFERENCE = "#/components/schemas/"
DEEPEST = 5
# Well-formed, and of nothing that there is.
SOME_ID = "01M82325TEDGAEE9KDJF1DTRX6"


def number_of(comment):
    """The smallest number above 0 that a comment like "1 to 500" or "> 0" allows."""
    if "> 0" in comment:
        return 1000
    least = re.search(r"(?:^|\D)(\d[\d ]*) (?:to|…) \d", comment)
    return None if least is None else max(1, int(least[1].replace(" ", "")))


class Examples:
    def __init__(self, schemas, settings):
        self.schemas = schemas
        self.variables = {v["name"]: v for v in settings["variables"]}
        self.always = settings["always"]
        self.values = settings["values"]
        self.requests = settings["requests"]

    def of_method(self, path, schema):
        """The request of the method at `path`, whose schema is a reference."""
        request = self.message(schema["$ref"][len(REFERENCE):], 0)
        for name, value in self.requests.get(path.lstrip("/"), {}).items():
            if value is None:
                request.pop(name, None)
            else:
                request[name] = value
        return request

    def message(self, name, depth):
        request, chosen = {}, set()
        for field, schema in self.schemas[name].get("properties", {}).items():
            choice = schema.get("x-pitlane-oneof")
            if choice in chosen:
                continue
            value = self.field(field, schema, depth)
            if value is not None:
                request[field] = value
                chosen.add(choice)
                chosen.discard(None)
        return request

    def field(self, name, schema, depth):
        comment = schema.get("description", "")
        if name in self.always:
            return self.always[name]
        if name in PAGING or schema.get("x-pitlane-optional") or depth > DEEPEST:
            return None
        if schema.get("type") == "array":
            one = self.field(name, dict(schema["items"], description=comment), depth)
            return None if one is None else [one]
        if LEFT_OUT.search(comment) and not comment.startswith("Required"):
            return None
        if name in self.values:
            return self.values[name]
        if name in self.variables:
            return "${" + name + "}"
        if "$ref" in schema:
            return self.reference(schema["$ref"][len(REFERENCE):], depth)
        return self.scalar(name, schema, comment)

    def reference(self, target, depth):
        schema = self.schemas[target]
        if "enum" in schema:
            return schema["enum"][min(1, len(schema["enum"]) - 1)]
        return self.message(target, depth + 1) or None

    @staticmethod
    def scalar(name, schema, comment):
        if schema.get("format") == "date-time":
            return "2030-01-31T09:00:00Z" if "equired" in comment else None
        if schema.get("type") == "string" and "format" not in schema:
            prefix = re.match(r"`([a-z]{3}_)…`", comment)
            if prefix and name.endswith("Id"):
                return prefix[1] + SOME_ID
            quoted = re.search(r'e\.g\. "([^"]+)"', comment)
            if quoted:
                return quoted[1]
            if "YYYY-MM-DD" in comment:
                return "2026-01-31"
            return TEXTS.get(name)
        if schema.get("type") in ("integer", "string"):
            number = number_of(comment)
            if number is None:
                return None
            return number if schema["type"] == "integer" else str(number)
        return None

    def filled(self, value):
        """The same with samples in place of variables, for those who only read it."""
        if isinstance(value, dict):
            return {name: self.filled(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.filled(part) for part in value]
        if isinstance(value, str):
            return re.sub(r"\$\{(\w+)\}", lambda m: self.variables[m[1]]["sample"], value)
        return value
