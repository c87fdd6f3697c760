#!/usr/bin/env python3
"""The gateway's /docs: what is served, and that every example works.

usage: tests/clients/docs_test.py PITLANE
"""

import http.client
import json
import re
import struct
import sys
import unittest

from suite import Suite

FRAME = ">BI"
END_OF_STREAM = 2


def at(value, path):
    for name in path.split("."):
        value = value[int(name) if isinstance(value, list) else name]
    return value


def reason_of(error):
    """The reason of an error's ErrorInfo; None without one."""
    for detail in error.get("details", []):
        if detail["type"] == "google.rpc.ErrorInfo":
            return detail["debug"]["reason"]
    return None


class Docs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = cls.enterClassContext(Suite(PITLANE))
        _, _, body = cls.suite.open("/docs/openapi.json")
        cls.document = json.loads(body)
        cls.known = {}
        cls.unknown = []
        for variable in cls.document["x-pitlane-variables"]:
            if "method" in variable:
                cls.look_up(**variable)

    @classmethod
    def look_up(cls, name, method, request, path, sample):
        status, answer = cls.suite.call(f"/{method}", cls.fill(request))
        try:
            cls.known[name] = at(answer, path)
        except (KeyError, IndexError, TypeError):
            cls.unknown.append(f"{name}: {status} {json.dumps(answer)[:300]}")

    @classmethod
    def fill(cls, value):
        if isinstance(value, dict):
            return {name: cls.fill(part) for name, part in value.items()}
        if isinstance(value, list):
            return [cls.fill(part) for part in value]
        if isinstance(value, str):
            return re.sub(r"\$\{(\w+)\}", lambda m: cls.known.get(m[1], m[0]), value)
        return value

    def examples(self, kind):
        for number, (path, item) in enumerate(self.document["paths"].items()):
            operation = item["post"]["x-pitlane"]
            if operation["kind"] == kind:
                self.known["fresh"] = f"test{number}"
                service = {"Pitlane-Service": "ticket"} if path.startswith("/pitlane.admin") else {}
                yield path, self.fill(operation["example"]), service

    def domain_reasons(self, path):
        package = path[1:].rsplit(".", 1)[0]
        rows = self.document["x-pitlane-errors"].get(package, [])
        return {row["reason"] for row in rows}

    def test_variables_when_the_shop_has_them_then_all_are_found(self):
        self.assertEqual(self.unknown, [])

    def test_examples_when_compared_with_the_contracts_then_they_name_what_is_there(self):
        for path, item in self.document["paths"].items():
            content = next(iter(item["post"]["requestBody"]["content"].values()))
            with self.subTest(path):
                self.compare(content["example"], content["schema"])

    def compare(self, value, schema):
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(value, list):
            for one in value:
                self.compare(one, schema["items"])
        elif isinstance(value, dict) and "properties" in schema:
            for name, part in value.items():
                self.assertIn(name, schema["properties"])
                self.compare(part, schema["properties"][name])
        elif "enum" in schema:
            self.assertIn(value, schema["enum"])

    def test_reads_when_the_examples_are_sent_then_each_answers(self):
        found = missing = 0
        for path, request, service in self.examples("read"):
            with self.subTest(path):
                status, answer = self.suite.call(path, request, **service)
                if status == 200:
                    found += 1
                    continue
                # The demo shop does not have one of everything.
                missing += 1
                self.assertEqual(status, 404, f"{json.dumps(request)}\n{json.dumps(answer)[:600]}")
                self.assertIn(reason_of(answer), self.domain_reasons(path))
        self.assertGreater(found, 4 * missing)

    def test_writes_when_the_examples_are_sent_then_the_domain_answers(self):
        for path, request, service in self.examples("write"):
            with self.subTest(path):
                status, answer = self.suite.call(path, request, **service)
                if status == 200:
                    continue
                own = self.document["paths"][path]["post"]["x-pitlane"]
                allowed = {"PERMISSION_MISSING"} if own["internal"] else self.domain_reasons(path)
                self.assertTrue(reason_of(answer) in allowed,
                                f"{json.dumps(request)}\n{json.dumps(answer)[:600]}")

    def test_streams_when_the_examples_are_sent_then_each_begins(self):
        for path, request, service in self.examples("watch"):
            with self.subTest(path):
                flags, message = self.first_frame(path, request, service)
                self.assertNotIn("error", message, json.dumps(message)[:600])
                self.assertTrue(flags & END_OF_STREAM == 0 or message == {}, message)

    def first_frame(self, path, request, headers):
        body = json.dumps(request).encode()
        connection = http.client.HTTPConnection(self.suite.address, timeout=10)
        try:
            connection.request("POST", path, struct.pack(FRAME, 0, len(body)) + body,
                               {"Content-Type": "application/connect+json",
                                "Authorization": f"Bearer {self.suite.token()}", **headers})
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            flags, size = struct.unpack(FRAME, answer.read(5))
            return flags, json.loads(answer.read(size))
        finally:
            connection.close()

    def test_pages_when_they_link_then_what_they_link_to_is_served(self):
        seen, rest = set(), ["/docs"]
        while rest:
            path = rest.pop()
            status, headers, body = self.suite.open(path)
            self.assertEqual(status, 200, path)
            if not headers["content-type"].startswith("text/html"):
                continue
            text = body.decode()
            self.assertNotRegex(text, r"<script[^>]*>[^<]", path)
            self.assertIn("script-src 'self'", headers["content-security-policy"])
            for link in re.findall(r'(?:href|src)="([^"]+)"', text):
                target, _, anchor = link.partition("#")
                if anchor and target in ("", path):
                    self.assertIn(f'id="{anchor}"', text, f"{link} in {path}")
                elif target not in seen:
                    seen.add(target)
                    rest.append(target)
        self.assertIn("/docs/ticket.html", seen)

    def test_page_when_it_has_not_changed_then_it_is_not_sent_again(self):
        _, headers, _ = self.suite.open("/docs/openapi.json")
        status, _, body = self.suite.open("/docs/openapi.json",
                                          headers={"If-None-Match": headers["etag"]})
        self.assertEqual((status, body), (304, b""))

    def test_descriptors_when_they_are_fetched_then_they_have_comments(self):
        status, headers, body = self.suite.open("/descriptors.binpb")
        self.assertEqual((status, headers["content-type"]), (200, "application/x-protobuf"))
        self.assertIn(b"pitlane/ticket/v1/ticket_service.proto", body)
        self.assertIn("Repair orders and counter sales".encode(), body)

    def test_methods_when_they_are_documented_then_each_has_a_comment_and_access(self):
        for path, item in self.document["paths"].items():
            with self.subTest(path):
                self.assertTrue(item["post"]["description"])
                self.assertNotEqual(item["post"]["x-pitlane"]["permission"],
                                    "PERMISSION_UNSPECIFIED")

    def test_errors_when_they_are_documented_then_each_has_cause_and_fix(self):
        areas = self.document["x-pitlane-errors"]
        self.assertIn("pitlane.common.v1", areas)
        self.assertIn("pitlane.ticket.v1", areas)
        for package, rows in areas.items():
            for row in rows:
                with self.subTest(f"{package}.{row['reason']}"):
                    self.assertTrue(row["cause"] and row["fix"])


if __name__ == "__main__":
    PITLANE = sys.argv.pop(1)
    unittest.main(verbosity=2)
