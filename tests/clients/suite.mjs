// `pitlane up` for tests: in a folder of its own, on a free port, which it has again after `kill`.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class Suite {
  constructor(origin) {
    this.origin = origin;
    this.data = mkdtempSync(join(tmpdir(), "pitlane_clients."));
    this.listen = "127.0.0.1:0";
  }

  async start() {
    this.process = spawn(
      process.env.PITLANE,
      ["up", "--data", this.data, "--listen", this.listen, "--admin", "127.0.0.1:0",
        "--allow-origin", this.origin],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    const lines = createInterface({ input: this.process.stdout });
    await new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        const [, address] = /gateway +(\S+) \(/.exec(line) ?? [];
        if (address) this.listen = address;
        if (line.includes("Ctrl-C stops it")) resolve();
      });
      void this.ended.then(() => reject(new Error("pitlane up ended")));
    });
    return this;
  }

  get url() {
    return `http://${this.listen}`;
  }

  token(role = "owner") {
    return readFileSync(join(this.data, "identity", `${role}.token`), "utf8").trim();
  }

  async call(path, request) {
    const answer = await fetch(`${this.url}/pitlane.${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.token()}` },
      body: JSON.stringify(request),
    });
    return answer.json();
  }

  // As a power cut would.
  async kill() {
    this.process.kill("SIGKILL");
    await this.ended;
  }

  async close() {
    this.process.kill("SIGKILL");
    await this.ended;
    rmSync(this.data, { recursive: true, force: true });
  }
}
