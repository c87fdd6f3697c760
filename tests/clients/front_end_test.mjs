// The steps of docs/front-end.md, in order, as a reader would do them: in one shell and one browser.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, it } from "node:test";
import { chromium } from "playwright-core";
import { Suite } from "./suite.mjs";

const PAGE = readFileSync(join(process.env.PITLANE_ROOT, "docs/front-end.md"), "utf8");
const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

let suite, folder, browser, pages, port;

before(async () => {
  port = await freePort();
  suite = await new Suite(`http://localhost:${port}`).start();
  folder = mkdtempSync(join(tmpdir(), "pitlane_front_end."));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
});

after(async () => {
  pages?.kill();
  await browser?.close();
  await suite?.close();
  rmSync(folder, { recursive: true, force: true });
});

// What the page says, for the addresses and folders of this test.
function here(text) {
  return text
    .replaceAll("127.0.0.1:7411", suite.listen)
    .replaceAll("build/pitlane-data", suite.data)
    .replaceAll("build/clients/typescript", PACKAGE)
    .replaceAll("localhost:8000", `localhost:${port}`)
    .replaceAll("http.server 8000", `http.server ${port}`);
}

// [language, text] of each block of code, in order.
const blocks = [...PAGE.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => [language, text]);
const blockWith = (language, words) => {
  const found = blocks.filter(([name, text]) => name === language && text.includes(words));
  assert.equal(found.length, 1, `one block with ${words}`);
  return here(found[0][1]);
};

function shell(text) {
  const run = spawnSync("bash", ["-euc", text], { cwd: folder, encoding: "utf8", timeout: 120_000 });
  assert.equal(run.status, 0, `${text}\n${run.stdout}\n${run.stderr}`);
  return run.stdout.trim().split("\n");
}

it("starts what this test starts", () => {
  // The suite of this test stands in for it: `tools/dev up` would build, and take fixed ports.
  assert.match(blocks[0][1], /^tools\/dev up --allow-origin http:\/\/localhost:8000\n$/);
});

it("calls, sells and is refused in one shell", () => {
  const lines = shell(
    [blockWith("", "pitlane() {"), blockWith("", "OpenTicket \"{"), blockWith("", "sale-7")].join("\n"));
  assert.match(lines[0], /^loc_\w+$/);
  assert.match(lines[1], /^\d+$/);
  assert.equal(lines[2], "PAYMENT_STATUS_CAPTURED");
  assert.equal(lines[3], "DOCUMENT_STAGE_CLOSED");
  assert.match(lines.slice(4).join("\n"), /NOTHING_OWED[^]*invalid_argument/);
});

it("shows tickets on a page, and follows them", async () => {
  writeFileSync(join(folder, "tickets.html"), blockWith("html", "<title>Tickets</title>"));
  const serve = blockWith("", "http.server").trim().split(" ");
  pages = spawn(serve[0], serve.slice(1), { cwd: folder, stdio: "ignore" });
  const page = await browser.newPage();
  for (const end = Date.now() + 20_000; ;) {
    try {
      await page.goto(`http://localhost:${port}/tickets.html`);
      break;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
  await page.fill("#token", suite.token());
  await page.click("#start");
  await page.waitForFunction(() => document.querySelectorAll("#tickets li").length === 2);
  shell([blockWith("", "pitlane() {"), blockWith("", "OpenTicket \"{")].join("\n"));
  await page.waitForFunction(() => document.querySelectorAll("#tickets li").length === 3 &&
    document.querySelector("#events").textContent.includes("pitlane.ticket.v1.TicketClosed"));
});

it("sells with types", () => {
  writeFileSync(join(PACKAGE, "sell.mjs"), blockWith("js", "connectPitlane"));
  const [stage, refusal] = shell(blockWith("", "sell.mjs"));
  assert.equal(stage, "CLOSED");
  assert.match(refusal, /^NOTHING_OWED: /);
});
