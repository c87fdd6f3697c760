#!/usr/bin/env python3
"""`buf curl` against a real Pitlane, by all three protocols, with the schema that it serves.

usage: tests/clients/buf_curl_test.py PITLANE
"""

import base64
import json
import os
import subprocess
import sys
import unittest

from suite import Suite

PROTOCOLS = ["connect", "grpc", "grpcweb"]
TICKETS = "pitlane.ticket.v1.TicketService"


class BufCurl(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = cls.enterClassContext(Suite(PITLANE))
        _, _, body = cls.suite.open("/descriptors.binpb")
        cls.schema = os.path.join(cls.suite.data, "descriptors.binpb")
        with open(cls.schema, "wb") as file:
            file.write(body)

    def curl(self, protocol, method, request, *arguments):
        return subprocess.run(
            ["buf", "curl", "--schema", self.schema, "--protocol", protocol, "-H",
             f"Authorization: Bearer {self.suite.token()}", *arguments, "-d", json.dumps(request),
             f"http://{self.suite.address}/{method}"],
            check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)

    def test_read_when_called_by_each_protocol_then_the_answer_is_the_same(self):
        answers = []
        for protocol in PROTOCOLS:
            run = self.curl(protocol, f"{TICKETS}/ListLocations", {})
            self.assertEqual(run.returncode, 0, run.stderr)
            answers.append(json.loads(run.stdout))
        self.assertTrue(answers[0]["locations"])
        self.assertEqual(answers, [answers[0]] * len(PROTOCOLS))

    def test_stream_when_called_by_each_protocol_then_all_of_it_comes(self):
        streams = []
        for protocol in PROTOCOLS:
            run = self.curl(protocol, "pitlane.admin.v1.AdminService/TailEvents",
                            {"fromPosition": "1"}, "-H", "Pitlane-Service: ticket")
            self.assertEqual(run.returncode, 0, run.stderr)
            streams.append(run.stdout)
        self.assertIn("pitlane.ticket.v1.TicketClosed", streams[0])
        self.assertEqual(streams, [streams[0]] * len(PROTOCOLS))

    def test_refusal_when_called_by_each_protocol_then_the_reason_is_there(self):
        for protocol in PROTOCOLS:
            run = self.curl(protocol, f"{TICKETS}/GetTicket",
                            {"ticketId": "tkt_01M82325TEDGAEE9KDJF1DTRX6"})
            self.assertNotEqual(run.returncode, 0)
            error = json.loads(run.stderr)
            self.assertEqual(error["code"], "not_found")
            detail = error["details"][0]
            self.assertEqual(detail["type"], "google.rpc.ErrorInfo")
            self.assertIn(b"TICKET_UNKNOWN", base64.b64decode(detail["value"] + "=="))


if __name__ == "__main__":
    PITLANE = sys.argv.pop(1)
    unittest.main(verbosity=2)
