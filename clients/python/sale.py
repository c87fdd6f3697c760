#!/usr/bin/env python3
"""A sale over the counter by gRPC, followed on a stream until the ticket closes by itself.

usage: sale.py GATEWAY TOKEN_FILE      e.g. sale.py 127.0.0.1:7411 owner.token

Prints each event of the ticket. Needs the generated code on the path (README.md).
"""

import sys

import grpc
from pitlane.inventory.v1 import inventory_service_pb2 as inventory
from pitlane.inventory.v1 import inventory_service_pb2_grpc as inventory_grpc
from pitlane.payment.v1 import payment_service_pb2 as payment
from pitlane.payment.v1 import payment_service_pb2_grpc as payment_grpc
from pitlane.ticket.v1 import ticket_service_pb2 as ticket
from pitlane.ticket.v1 import ticket_service_pb2_grpc as ticket_grpc
from pitlane.ticket.v1 import types_pb2 as types

from pitlane_client import connect, reason_of, request_id, watch


def sell(channel):
    """Answers the location and the ticket of a sale that is paid."""
    tickets = ticket_grpc.TicketServiceStub(channel)
    location = tickets.ListLocations(ticket.ListLocationsRequest()).locations[-1]
    parts = inventory_grpc.InventoryServiceStub(channel).SearchParts(
        inventory.SearchPartsRequest(words="brake")).parts
    opened = tickets.OpenTicket(ticket.OpenTicketRequest(
        request_id=request_id(), location_id=location.location_id,
        kind=types.TICKET_KIND_COUNTER_SALE)).ticket
    ticket_id = opened.ticket_id
    with_job = tickets.AddJob(ticket.AddJobRequest(
        request_id=request_id(), ticket_id=ticket_id, title="Over the counter")).ticket
    job_id = with_job.jobs[0].job_id
    tickets.AddPartLine(ticket.AddPartLineRequest(
        request_id=request_id(), ticket_id=ticket_id, job_id=job_id, part_id=parts[0].part_id,
        quantity_milli=1000, condition=types.PART_CONDITION_NEW_AFTERMARKET))
    tickets.AuthorizeJob(ticket.AuthorizeJobRequest(
        request_id=request_id(), ticket_id=ticket_id, job_id=job_id, person_ref="walk-in",
        evidence_id="signature-1", channel=types.AUTHORIZATION_CHANNEL_IN_PERSON_SIGNATURE))
    tickets.InvoiceTicket(ticket.InvoiceTicketRequest(request_id=request_id(), ticket_id=ticket_id))
    payment_grpc.PaymentServiceStub(channel).TakeCash(payment.TakeCashRequest(
        request_id=request_id(), ticket_id=ticket_id, currency=location.currency))
    return location.location_id, ticket_id


def main(gateway, token_file):
    with open(token_file, encoding="utf-8") as file:
        channel = connect(gateway, file.read().strip())
    try:
        location_id, ticket_id = sell(channel)
    except grpc.RpcError as error:
        reason, message = reason_of(error)
        sys.exit(f"{reason or error.code().name}: {message}")
    tickets = ticket_grpc.TicketServiceStub(channel)
    request = ticket.WatchTicketsRequest(location_id=location_id, after_position=0)
    for answer in watch(tickets.WatchTickets, request):
        meta = answer.event.meta
        if meta.stream_id == ticket_id:
            print(answer.position, meta.type, flush=True)
            if meta.type.endswith(".TicketClosed"):
                return


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
