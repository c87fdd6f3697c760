#!/usr/bin/env python3
"""clients/python against a real Pitlane.

usage: tests/clients/python_test.py PITLANE
"""

import os
import subprocess
import sys
import unittest

import grpc
from pitlane.payment.v1 import payment_service_pb2 as payment
from pitlane.payment.v1 import payment_service_pb2_grpc as payment_grpc
from pitlane.ticket.v1 import ticket_service_pb2 as ticket
from pitlane.ticket.v1 import ticket_service_pb2_grpc as ticket_grpc
from pitlane.ticket.v1 import types_pb2 as types

import sale
from pitlane_client import connect, reason_of, request_id, watch
from suite import Suite


class PythonClient(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.suite = cls.enterClassContext(Suite(PITLANE))
        cls.channel = connect(cls.suite.address, cls.suite.token())
        cls.addClassCleanup(cls.channel.close)

    def test_example_when_it_is_run_then_it_sells_and_sees_the_ticket_close(self):
        run = subprocess.run(
            [sys.executable, sale.__file__, self.suite.address,
             os.path.join(self.suite.data, "identity", "owner.token")],
            check=True, stdout=subprocess.PIPE, text=True, timeout=60)
        events = [line.split(".")[-1] for line in run.stdout.splitlines()]
        self.assertEqual((events[0], events[-1]), ("TicketOpened", "TicketClosed"))

    def test_refusal_when_it_is_raised_then_it_has_a_reason_and_a_message(self):
        _, ticket_id = sale.sell(self.channel)
        with self.assertRaises(grpc.RpcError) as refusal:
            payment_grpc.PaymentServiceStub(self.channel).TakeCash(payment.TakeCashRequest(
                request_id=request_id(), ticket_id=ticket_id, currency="USD"))
        reason, message = reason_of(refusal.exception)
        self.assertEqual(reason, "NOTHING_OWED")
        self.assertIn(ticket_id, message)

    def test_command_when_it_is_sent_twice_then_it_counts_once(self):
        tickets = ticket_grpc.TicketServiceStub(self.channel)
        location = tickets.ListLocations(ticket.ListLocationsRequest()).locations[-1]
        request = ticket.OpenTicketRequest(request_id=request_id(),
                                           location_id=location.location_id,
                                           kind=types.TICKET_KIND_COUNTER_SALE)
        self.assertEqual(tickets.OpenTicket(request), tickets.OpenTicket(request))

    def test_watch_when_it_begins_again_then_nothing_comes_twice(self):
        location_id, ticket_id = sale.sell(self.channel)
        tickets = ticket_grpc.TicketServiceStub(self.channel)
        request = ticket.WatchTicketsRequest(location_id=location_id, after_position=0)
        cut = CutAfter(tickets.WatchTickets, 2)
        positions = []
        for answer in watch(cut, request):
            positions.append(answer.position)
            meta = answer.event.meta
            if meta.stream_id == ticket_id and meta.type.endswith(".TicketClosed"):
                break
        self.assertGreater(cut.times, 1)
        self.assertEqual(positions, sorted(set(positions)))


class Cut(grpc.RpcError):
    @staticmethod
    def code():
        return grpc.StatusCode.UNAVAILABLE


class CutAfter:
    """A watch method whose first stream breaks after so many answers."""

    def __init__(self, method, answers):
        self.method = method
        self.answers = answers
        self.times = 0

    def __call__(self, request, **options):
        self.times += 1
        stream = self.method(request, **options)
        for number, answer in enumerate(stream):
            if self.times == 1 and number == self.answers:
                stream.cancel()
                raise Cut()
            yield answer


if __name__ == "__main__":
    PITLANE = sys.argv.pop(1)
    unittest.main(verbosity=2)
