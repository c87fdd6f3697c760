// A till on one page, for the tests: what a front end does with @pitlane/client.
import { connectPitlane, explain, newId, OfflineQueue, watch, type Command } from "@pitlane/client";
import { PaymentService } from "@pitlane/client/gen/pitlane/payment/v1/payment_service_pb.js";
import { InventoryService } from "@pitlane/client/gen/pitlane/inventory/v1/inventory_service_pb.js";
import { TicketService } from "@pitlane/client/gen/pitlane/ticket/v1/ticket_service_pb.js";
import {
  AuthorizationChannel,
  DocumentStage,
  PartCondition,
  TicketKind,
} from "@pitlane/client/gen/pitlane/ticket/v1/types_pb.js";

const settings = new URLSearchParams(location.hash.slice(1));
const pitlane = connectPitlane({
  baseUrl: settings.get("gateway") ?? "",
  token: settings.get("token") ?? "",
  protocol: settings.get("protocol") === "grpc-web" ? "grpc-web" : "connect",
});
const tickets = pitlane.client(TicketService);
const payments = pitlane.client(PaymentService);
const inventory = pitlane.client(InventoryService);

const element = (id: string) => document.querySelector(`#${id}`) as HTMLElement;
const say = (id: string, text: string) => (element(id).textContent = text);
const consent = {
  personRef: "walk-in",
  evidenceId: "signature-1",
  channel: AuthorizationChannel.IN_PERSON_SIGNATURE,
};

const locationId = (await tickets.listLocations({})).locations.at(-1)!.locationId;
const { parts } = await inventory.searchParts({ query: { case: "words", value: "brake" } });
const partId = parts[0]!.partId;
let lastTicket = "";

async function sell() {
  say("sale", "selling");
  const opened = await tickets.openTicket({ locationId, kind: TicketKind.COUNTER_SALE });
  const ticketId = opened.ticket!.ticketId;
  const withJob = await tickets.addJob({ ticketId, title: "Over the counter" });
  const jobId = withJob.ticket!.jobs[0]!.jobId;
  await tickets.addPartLine({
    ticketId,
    jobId,
    partId,
    quantityMilli: 1000n,
    condition: PartCondition.NEW_AFTERMARKET,
  });
  await tickets.authorizeJob({ ticketId, jobId, ...consent });
  await tickets.invoiceTicket({ ticketId });
  // Payment has to have heard of the invoice, and the ticket of the payment: positions see to it.
  await payments.takeCash({ ticketId, currency: "USD" });
  const { ticket } = await tickets.getTicket({ ticketId });
  lastTicket = ticketId;
  say("sale", `${DocumentStage[ticket!.stage]} ${ticketId}`);
}

async function takeTwice() {
  try {
    await payments.takeCash({ ticketId: lastTicket, currency: "USD" });
  } catch (thrown) {
    const { reason, message } = explain(thrown);
    say("reason", reason);
    say("error", message);
  }
}

function show(commands: Command[]) {
  element("queue").replaceChildren(
    ...commands.map(({ method, lane, state, error }) => {
      const item = document.createElement("li");
      item.dataset["state"] = state;
      item.dataset["lane"] = lane;
      item.textContent = `${method} ${state} ${error?.message ?? ""}`;
      return item;
    }),
  );
}

const queue = await OfflineQueue.open({
  pitlane,
  services: [TicketService, PaymentService],
  onChange: show,
});
show(await queue.commands());

// Every id is made here: nothing has to be asked.
async function sellLater() {
  say("queue-busy", "adding");
  const ticketId = newId("tkt", locationId);
  const jobId = newId("job", ticketId);
  const lane = ticketId;
  const { openTicket, addJob, addPartLine, authorizeJob, invoiceTicket } = TicketService.method;
  await queue.add({
    lane,
    method: openTicket,
    request: { ticketId, locationId, kind: TicketKind.COUNTER_SALE },
  });
  await queue.add({ lane, method: addJob, request: { ticketId, jobId, title: "Over the counter" } });
  await queue.add({
    lane,
    method: addPartLine,
    request: { ticketId, jobId, partId, quantityMilli: 1000n, condition: PartCondition.NEW_AFTERMARKET },
  });
  await queue.add({ lane, method: authorizeJob, request: { ticketId, jobId, ...consent } });
  await queue.add({ lane, method: invoiceTicket, request: { ticketId } });
  await queue.add({
    lane,
    method: PaymentService.method.takeCash,
    request: { ticketId, currency: "USD" },
  });
  say("queue-busy", `added ${ticketId}`);
}

async function addToNothing() {
  const ticketId = newId("tkt", locationId);
  const { addJob } = TicketService.method;
  await queue.add({ lane: ticketId, method: addJob, request: { ticketId, title: "Of no ticket" } });
  await queue.add({ lane: ticketId, method: addJob, request: { ticketId, title: "Neither" } });
  say("queue-busy", `wrong ${ticketId}`);
}

Object.assign(globalThis, { queue });
element("sell").onclick = () => void sell().catch((error) => say("sale", explain(error).message));
element("fail").onclick = () => void takeTwice();
element("queue-sale").onclick = () => void sellLater();
element("queue-wrong").onclick = () => void addToNothing();
document.body.dataset["ready"] = "yes";

let resumed = 0;

async function follow() {
  const events = watch(tickets.watchTickets, { locationId, afterPosition: 0n }, {
    onResume: () => say("resumed", String(++resumed)),
  });
  for await (const { position, event } of events) {
    const item = document.createElement("li");
    item.dataset["position"] = String(position);
    item.textContent = `${event?.meta?.streamId} ${event?.meta?.type}`;
    element("events").append(item);
  }
}

void follow();
