// @pitlane/client against a made-up gateway: what is repeated, when, and with what.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { describe, it } from "node:test";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectPitlane, defaultServiceConfig, explain, newId, watch } from "@pitlane/client";
import { PaymentService } from "@pitlane/client/gen/pitlane/payment/v1/payment_service_pb.js";
import { TicketService } from "@pitlane/client/gen/pitlane/ticket/v1/ticket_service_pb.js";
import { TerminalGatewayService } from "@pitlane/client/gen/pitlane/terminal_gateway/v1/terminal_gateway_service_pb.js";
import { AdminService } from "@pitlane/client/gen/pitlane/admin/v1/admin_service_pb.js";

// Debian's Node does not have it by itself yet.
globalThis.crypto ??= webcrypto;

const LOCATION = "loc_0ZCXVC2ZAADGAS0RCFQX4SC2Z8";

const ok = (body = {}, headers = {}) =>
  new Response(JSON.stringify(body), { headers: { "content-type": "application/json", ...headers } });
const refused = (status, code, headers = {}) =>
  new Response(JSON.stringify({ code, message: "no" }),
    { status, headers: { "content-type": "application/json", ...headers } });
const lineDown = () => Promise.reject(new TypeError("fetch failed"));

// Answers one after the other, and what was asked.
function gateway(...answers) {
  const asked = [];
  const fetch = (url, { headers, body }) => {
    const text = body === undefined ? "" : new TextDecoder().decode(body);
    asked.push({ at: performance.now(), url, headers: new Headers(headers), text });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    return typeof answer === "function" ? answer() : Promise.resolve(answer);
  };
  const quick = structuredClone(defaultServiceConfig);
  Object.assign(quick.methodConfig[0].retryPolicy, { initialBackoff: "0.01s", maxBackoff: "0.02s" });
  const connect = (more = {}) =>
    connectPitlane({ baseUrl: "http://gateway", token: "t", fetch, serviceConfig: quick, ...more });
  return { asked, connect };
}

describe("A change", () => {
  it("is sent again under the same request id when the line breaks", async () => {
    const { asked, connect } = gateway(lineDown, () => Promise.resolve(refused(503, "unavailable")), ok());
    await connect().client(TicketService).openTicket({ locationId: LOCATION });
    const ids = asked.map(({ text }) => JSON.parse(text).requestId);
    assert.equal(ids.length, 3);
    assert.match(ids[0], /^[0-9a-f]{32}$/);
    assert.deepEqual(new Set(ids).size, 1);
  });

  it("keeps a request id that the caller gave", async () => {
    const { asked, connect } = gateway(ok());
    await connect().client(TicketService).openTicket({ locationId: LOCATION, requestId: "mine" });
    assert.equal(JSON.parse(asked[0].text).requestId, "mine");
  });

  it("is not sent again when it was refused", async () => {
    const { asked, connect } = gateway(refused(400, "failed_precondition"));
    await assert.rejects(connect().client(TicketService).openTicket({ locationId: LOCATION }));
    assert.equal(asked.length, 1);
  });

  it("waits as long as Retry-After says", async () => {
    const { asked, connect } = gateway(refused(429, "resource_exhausted", { "retry-after": "1" }), ok());
    await connect().client(TicketService).openTicket({ locationId: LOCATION });
    assert.ok(asked[1].at - asked[0].at >= 990, "it came too soon");
  });

  it("is given up after the attempts that the service config allows", async () => {
    const { asked, connect } = gateway(lineDown);
    await assert.rejects(connect().client(PaymentService).takeCash({ ticketId: "tkt" }),
      (error) => explain(error).message.includes("network"));
    assert.equal(asked.length, defaultServiceConfig.methodConfig[0].retryPolicy.maxAttempts);
  });

  it("ends its waiting when it is aborted", async () => {
    const { asked, connect } = gateway(refused(429, "resource_exhausted", { "retry-after": "60" }));
    const stop = new AbortController();
    const call = connect({ onRetry: () => setImmediate(() => stop.abort()) })
      .client(TicketService).openTicket({ locationId: LOCATION }, { signal: stop.signal });
    await assert.rejects(call);
    assert.equal(asked.length, 1);
  });
});

describe("What is not safe to repeat", () => {
  it("is sent once: a change without a request id", async () => {
    const { asked, connect } = gateway(lineDown);
    await assert.rejects(connect().client(AdminService).verifyJournal({}));
    const repeatable = "requestId" in AdminService.method.verifyJournal.input.field;
    assert.equal(asked.length, repeatable ? 5 : 1);
    assert.equal(repeatable, false);
  });
});

describe("A read", () => {
  it("is sent again by the most specific entry of the service config", async () => {
    const { asked, connect } = gateway(lineDown);
    const serviceConfig = structuredClone(defaultServiceConfig);
    const [all] = serviceConfig.methodConfig;
    serviceConfig.methodConfig.push({
      ...all,
      name: [{ service: TerminalGatewayService.typeName, method: "ListReaders" }],
      retryPolicy: { ...all.retryPolicy, maxAttempts: 2, initialBackoff: "0.01s" },
    });
    await assert.rejects(
      connect({ serviceConfig }).client(TerminalGatewayService).listReaders({ locationId: LOCATION }));
    assert.equal(asked.length, 2);
  });

  it("sees what was written before it", async () => {
    const { asked, connect } = gateway(
      ok({}, { "trailer-pitlane-position": "ticket.0.3@17" }),
      ok({}, { "trailer-pitlane-position": "payment.0.3@4,ticket.0.3@9" }), ok());
    const pitlane = connect();
    await pitlane.client(TicketService).openTicket({ locationId: LOCATION });
    await pitlane.client(PaymentService).takeCash({ ticketId: "tkt" });
    await pitlane.client(TicketService).getTicket({ ticketId: "tkt" });
    const after = asked.map(({ headers }) => headers.get("pitlane-after"));
    assert.deepEqual(after, [null, "ticket.0.3@17", "ticket.0.3@17,payment.0.3@4"]);
  });
});

describe("A watch", () => {
  it("ends with the error that no waiting mends", async () => {
    for (const error of [new ConnectError("no", Code.PermissionDenied), new RangeError("a fault")]) {
      const seen = [];
      async function* method() {
        yield { position: 1n };
        throw error;
      }
      await assert.rejects(async () => {
        for await (const { position } of watch(method, {})) seen.push(position);
      }, error);
      assert.deepEqual(seen, [1n]);
    }
  });

  it("goes on behind the last position, and says when something may be missing", async () => {
    const from = [];
    const gaps = [];
    const stop = new AbortController();
    async function* method({ afterPosition }) {
      from.push(afterPosition);
      if (from.length === 1) throw new TypeError("cut");
      if (from.length === 2) {
        yield { position: 7n };
        throw new TypeError("cut");
      }
      yield { position: 8n };
    }
    for await (const { position } of
      watch(method, {}, { signal: stop.signal, onResume: ({ gap }) => gaps.push(gap) })) {
      if (position === 8n) stop.abort();
    }
    assert.deepEqual(from, [undefined, undefined, 7n]);
    assert.deepEqual(gaps, [true, false]);
  });
});

describe("An id", () => {
  it("has the slot of what it belongs to, and the time", () => {
    const id = newId("tkt", LOCATION);
    assert.match(id, /^tkt_[0-9A-HJKMNP-TV-Z]{26}$/);
    const slot = (text) => {
      let bits = 0n;
      for (const c of text.slice(4)) {
        bits = bits * 32n + BigInt("0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(c));
      }
      return (bits >> 68n) & 0xfffn;
    };
    assert.equal(slot(id), slot(LOCATION));
    assert.equal(slot(newId("job", id)), 1729n);
    assert.notEqual(newId("tkt", LOCATION), newId("tkt", LOCATION));
    assert.throws(() => newId("tkt", "loc_ILLEGAL"), RangeError);
  });
});
