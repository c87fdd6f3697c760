// @pitlane/client in a real Chromium, against a real Pitlane.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { chromium } from "playwright-core";
import { Suite } from "./suite.mjs";

const TYPES = { html: "text/html", js: "text/javascript" };

function servePages() {
  const server = createServer((request, response) => {
    const name = new URL(request.url, "http://x").pathname.slice(1);
    if (!["page.html", "page.js"].includes(name)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[name.split(".")[1]] });
    response.end(readFileSync(new URL(name, import.meta.url)));
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

let pages, suite, browser, context;

before(async () => {
  pages = await servePages();
  suite = await new Suite(`http://127.0.0.1:${pages.address().port}`).start();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
});

after(async () => {
  await browser?.close();
  await suite?.close();
  pages?.close();
});

beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(30_000);
});

afterEach(() => context.close());

async function openPage(protocol = "connect") {
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  const settings = new URLSearchParams({ gateway: suite.url, token: suite.token(), protocol });
  await page.goto(`${suite.origin}/page.html#${settings}`);
  await page.waitForSelector("body[data-ready]");
  return page;
}

// A table of which request ids were sent how often to which method.
function countRequests() {
  const sent = new Map();
  context.on("request", (request) => {
    const method = /\/(\w+)$/.exec(new URL(request.url()).pathname)?.[1];
    const body = request.method() === "POST" ? request.postData() : null;
    const id = body === null ? undefined : /"requestId":"(\w+)"/.exec(body)?.[1];
    if (id) sent.set(`${method} ${id}`, (sent.get(`${method} ${id}`) ?? 0) + 1);
  });
  return sent;
}

const empty = (page) => page.waitForFunction(() => document.querySelectorAll("#queue li").length === 0);

async function queueSale(page) {
  const before = await page.textContent("#queue-busy");
  await page.click("#queue-sale");
  await page.waitForFunction(
    (was) => document.querySelector("#queue-busy").textContent !== was &&
      document.querySelector("#queue-busy").textContent.startsWith("added"), before);
  return (await page.textContent("#queue-busy")).split(" ")[1];
}

// Everything of that sale once: one job, one part, one payment; and closed.
async function assertSoldOnce(ticketId) {
  let ticket;
  // The ticket hears of the payment a moment after it.
  for (const end = Date.now() + 20_000; ticket?.stage !== "DOCUMENT_STAGE_CLOSED";) {
    assert.ok(Date.now() < end, `it is still ${ticket?.stage}`);
    ({ ticket } = await suite.call("ticket.v1.TicketService/GetTicket", { ticketId }));
  }
  assert.equal(ticket.jobs.length, 1);
  assert.equal(ticket.jobs[0].lines.filter((line) => line.partId).length, 1);
  const { payments } = await suite.call("payment.v1.PaymentService/ListPayments", { ticketId });
  assert.equal(payments.length, 1);
  assert.equal(payments[0].status, "PAYMENT_STATUS_CAPTURED");
}

for (const protocol of ["connect", "grpc-web"]) {
  describe(`A page that speaks ${protocol}`, () => {
    it("sells from open to close, and sees it on its stream", async () => {
      const page = await openPage(protocol);
      await page.click("#sell");
      await page.waitForFunction(() => document.querySelector("#sale").textContent.startsWith("CLOSED"));
      const ticketId = (await page.textContent("#sale")).split(" ")[1];
      await page.waitForFunction(
        (id) => [...document.querySelectorAll("#events li")].some(
          (item) => item.textContent === `${id} pitlane.ticket.v1.TicketClosed`), ticketId);
      assert.deepEqual(page.problems, []);
    });

    it("shows a refusal with what to do about it", async () => {
      const page = await openPage(protocol);
      await page.click("#sell");
      await page.waitForFunction(() => document.querySelector("#sale").textContent.startsWith("CLOSED"));
      await page.click("#fail");
      await page.waitForFunction(() => document.querySelector("#reason").textContent !== "");
      assert.equal(await page.textContent("#reason"), "NOTHING_OWED");
      assert.match(await page.textContent("#error"), /tkt_\w+/);
    });

    it("goes on where it was when the gateway is killed and started again", async () => {
      const page = await openPage(protocol);
      await page.waitForSelector("#events li");
      await suite.kill();
      await page.waitForFunction(() => document.querySelector("#resumed").textContent !== "0");
      await suite.start();
      await page.click("#sell");
      await page.waitForFunction(() => document.querySelector("#sale").textContent.startsWith("CLOSED"));
      const ticketId = (await page.textContent("#sale")).split(" ")[1];
      await page.waitForFunction(
        (id) => [...document.querySelectorAll("#events li")].some(
          (item) => item.textContent === `${id} pitlane.ticket.v1.TicketClosed`), ticketId);
      const positions = await page.$$eval("#events li", (all) => all.map((one) => one.dataset.position));
      assert.equal(new Set(positions).size, positions.length, "an event came twice");
      assert.deepEqual(positions, [...positions].sort((a, b) => Number(a) - Number(b)));
    });
  });
}

describe("The offline queue", () => {
  it("keeps a sale while the line is down and carries it out once when it is back", async () => {
    const page = await openPage();
    const sent = countRequests();
    await context.setOffline(true);
    const ticketId = await queueSale(page);
    assert.equal(await page.locator("#queue li").count(), 6);
    await context.setOffline(false);
    await empty(page);
    await assertSoldOnce(ticketId);
    assert.equal(new Set([...sent.keys()].map((key) => key.split(" ")[1])).size, 6);
  });

  it("survives a reload, with the same request ids", async () => {
    const page = await openPage();
    const sent = countRequests();
    await context.route(`${suite.url}/**/{AddJob,OpenTicket}`, (route) => route.abort());
    const ticketId = await queueSale(page);
    await page.waitForFunction(() => document.querySelectorAll("#queue li").length === 6);
    await page.reload();
    await page.waitForSelector("body[data-ready]");
    assert.equal(await page.locator("#queue li").count(), 6);
    await context.unroute(`${suite.url}/**/{AddJob,OpenTicket}`);
    await empty(page);
    await assertSoldOnce(ticketId);
    assert.equal([...sent.keys()].filter((key) => key.startsWith("OpenTicket")).length, 1);
  });

  it("sends a command again when its answer was lost, and it counts once", async () => {
    const page = await openPage();
    const lost = new Set();
    // The command arrives, the answer does not: once for each method.
    await context.route(`${suite.url}/**`, async (route) => {
      const method = new URL(route.request().url()).pathname;
      if (route.request().method() !== "POST" || lost.has(method) || method.includes("Watch")) {
        await route.continue();
        return;
      }
      lost.add(method);
      await route.fetch();
      await route.abort();
    });
    const ticketId = await queueSale(page);
    await empty(page);
    await assertSoldOnce(ticketId);
    assert.ok(lost.has("/pitlane.payment.v1.PaymentService/TakeCash"));
  });

  it("is sent by one tab when two have it, and by the other when that one closes", async () => {
    const first = await openPage();
    const second = await openPage();
    const sent = countRequests();
    const sold = [await queueSale(first), await queueSale(second)];
    await empty(first);
    await empty(second);
    for (const ticketId of sold) await assertSoldOnce(ticketId);
    assert.deepEqual([...sent.values()].filter((times) => times > 1), []);
    await first.close();
    const later = await queueSale(second);
    await empty(second);
    await assertSoldOnce(later);
  });

  it("stops the ticket that is refused, shows why, and goes on with the others", async () => {
    const page = await openPage();
    await page.click("#queue-wrong");
    await page.waitForSelector('#queue li[data-state="refused"]');
    await page.waitForSelector('#queue li[data-state="stopped"]');
    assert.match(await page.textContent('#queue li[data-state="refused"]'), /tkt_\w+/);
    const ticketId = await queueSale(page);
    await page.waitForFunction(() => document.querySelectorAll("#queue li").length === 2);
    await assertSoldOnce(ticketId);
    // Given up, the next one is tried, and refused as well.
    await page.evaluate(async () => queue.discard((await queue.commands())[0].seq));
    await page.waitForFunction(() => document.querySelectorAll("#queue li").length === 1);
    await page.waitForSelector('#queue li[data-state="refused"]');
    await page.evaluate(async () => queue.discard((await queue.commands())[0].seq));
    await empty(page);
  });
});

describe("The reference at /docs", () => {
  it("runs an example of a read and of a stream with a token", async () => {
    const page = await context.newPage();
    const problems = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(`${suite.url}/docs/ticket.html`);
    await page.fill("#token", suite.token());
    await page.click("#GetTicket button");
    await page.waitForFunction(() => document.querySelector("#GetTicket output").textContent === "200");
    assert.match(await page.textContent("#GetTicket pre"), /"ticketId": "tkt_/);
    await page.click("#WatchTickets button");
    await page.waitForFunction(
      () => document.querySelector("#WatchTickets pre").textContent.includes("TicketOpened"));
    assert.deepEqual(problems.filter((text) => !text.includes("favicon")), []);
  });
});
