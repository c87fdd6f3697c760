import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethodUnary,
  type DescService,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import { explain, isTransient, type Explained } from "./errors.js";
import { newRequestId } from "./ids.js";
import type { Pitlane } from "./pitlane.js";
import { backoff, sleep } from "./retry.js";

const POLICY = { initialBackoff: "0.5s", maxBackoff: "15s", backoffMultiplier: 2 };
const PATIENCE = 10;
const COMMANDS = "commands";
const SEEN = "seen";

/**
 * waiting: not answered yet. refused: Pitlane said no; what came later for the same ticket stays
 * `stopped` until somebody decides (`retry`, `discard`). A command that was carried out is gone.
 */
export type CommandState = "waiting" | "refused" | "stopped";

export interface Command {
  /** The order of sending. */
  seq: number;
  requestId: string;
  /** What belongs together, e.g. a ticket id. */
  lane: string;
  /** E.g. "pitlane.ticket.v1.TicketService". */
  service: string;
  method: string;
  /** Unix milliseconds. */
  addedAt: number;
  state: CommandState;
  /** Of a refused one. */
  error?: Explained;
}

export interface NewCommand<Input extends DescMessage> {
  lane: string;
  method: DescMethodUnary<Input, DescMessage>;
  request: MessageInitShape<Input>;
}

export interface QueueOptions {
  pitlane: Pitlane;
  /** The services whose methods may be queued. */
  services: DescService[];
  /** Of the queue in this browser; tabs with the same name share it. Default: "pitlane-queue". */
  name?: string;
  /** After every change, in every tab. */
  onChange?: (commands: Command[]) => void;
  /** In the tab that sent it. */
  onDone?: (command: Command, answer: unknown) => void;
}

interface Row extends Omit<Command, "state" | "seq"> {
  seq?: number;
  request: Uint8Array;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(COMMANDS, { keyPath: "seq", autoIncrement: true });
    request.result.createObjectStore(SEEN);
  };
  return settled(request);
}

function withStates(rows: Row[]): (Row & Command)[] {
  const stopped = new Set<string>();
  return rows.map((row) => {
    let state: CommandState = stopped.has(row.lane) ? "stopped" : "waiting";
    if (row.error !== undefined) {
      state = "refused";
      stopped.add(row.lane);
    }
    return { ...row, seq: row.seq as number, state };
  });
}

/**
 * Commands of a till that must reach Pitlane also when the line is down: kept in IndexedDB in order,
 * sent one after the other, each carried out exactly once. The request id is made when a command is
 * added and stays, so a command whose answer was lost is sent again and changes nothing. One tab
 * sends at a time (Web Locks); when it closes, another goes on.
 *
 * Ids of what does not exist yet are made here (`newId`), because later commands name them.
 */
export class OfflineQueue {
  private readonly methods = new Map<string, DescMethodUnary>();
  private readonly channel: BroadcastChannel;
  private readonly stop = new AbortController();
  private wake: () => void = () => {};
  private dirty = false;
  private readonly running: Promise<void>;

  static async open(options: QueueOptions): Promise<OfflineQueue> {
    const name = options.name ?? "pitlane-queue";
    return new OfflineQueue(options, name, await openDatabase(name));
  }

  private constructor(
    private readonly options: QueueOptions,
    name: string,
    private readonly database: IDBDatabase,
  ) {
    for (const service of options.services) {
      for (const method of service.methods) {
        if (method.methodKind !== "unary") continue;
        this.methods.set(`${service.typeName}/${method.name}`, method as DescMethodUnary);
      }
    }
    this.channel = new BroadcastChannel(name);
    this.channel.onmessage = () => void this.changed(false);
    addEventListener("online", this.poke);
    this.running = navigator.locks
      .request(name, { signal: this.stop.signal }, () => this.run())
      .then(
        () => {},
        (error: unknown) => {
          if (!this.stop.signal.aborted) throw error;
        },
      );
  }

  /** Resolves when the command is on the disk; it will be sent then, now or some day. */
  async add<Input extends DescMessage>(command: NewCommand<Input>): Promise<Command> {
    const { lane, method } = command;
    const key = `${method.parent.typeName}/${method.name}`;
    if (!this.methods.has(key)) throw new RangeError(`${key} is of none of this queue's services`);
    const request = create(method.input, command.request) as unknown as Record<string, unknown>;
    if (!("requestId" in request)) throw new RangeError(`${key} has no request id: it cannot be queued`);
    if (request["requestId"] === "") request["requestId"] = newRequestId();
    const row: Row = {
      requestId: request["requestId"] as string,
      lane,
      service: method.parent.typeName,
      method: method.name,
      addedAt: Date.now(),
      request: toBinary(method.input, request as never),
    };
    const transaction = this.database.transaction(COMMANDS, "readwrite", { durability: "strict" });
    const seq = await settled(transaction.objectStore(COMMANDS).add(row));
    await committed(transaction);
    await this.changed(true);
    const added = (await this.commands()).find((one) => one.seq === seq);
    const { request: _, ...command_ } = row;
    return added ?? { ...command_, seq: seq as number, state: "waiting" };
  }

  /** All that is not carried out yet, in order. */
  async commands(): Promise<Command[]> {
    return withStates(await this.rows()).map(({ request: _, ...command }) => command);
  }

  /** Sends a refused command again, under the same request id, and then what it had stopped. */
  async retry(seq: number): Promise<void> {
    await this.change(seq, (store, row) => {
      delete row.error;
      store.put(row);
    });
  }

  /** Gives a command up that was not carried out; what it had stopped goes on without it. */
  async discard(seq: number): Promise<void> {
    await this.change(seq, (store) => store.delete(seq));
  }

  /** Stops sending in this tab. What is queued stays. */
  async close(): Promise<void> {
    this.stop.abort();
    this.poke();
    removeEventListener("online", this.poke);
    await this.running;
    this.channel.close();
    this.database.close();
  }

  private rows(): Promise<Row[]> {
    return settled(this.database.transaction(COMMANDS).objectStore(COMMANDS).getAll());
  }

  private async change(seq: number, how: (store: IDBObjectStore, row: Row) => void): Promise<void> {
    const transaction = this.database.transaction(COMMANDS, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(COMMANDS);
    const row = (await settled(store.get(seq))) as Row | undefined;
    // Only what was refused: the other may be on its way at this moment.
    if (row?.error === undefined) {
      transaction.abort();
      throw new RangeError(`command ${seq} was not refused`);
    }
    how(store, row);
    await committed(transaction);
    await this.changed(true);
  }

  private readonly poke = () => {
    this.dirty = true;
    this.wake();
  };

  private async changed(here: boolean): Promise<void> {
    this.poke();
    if (here) this.channel.postMessage("changed");
    if (this.options.onChange !== undefined) this.options.onChange(await this.commands());
  }

  // Until something is added, decided or online again, or `ms` have passed.
  private async nap(ms?: number): Promise<void> {
    if (this.dirty || this.stop.signal.aborted) return;
    const over = new AbortController();
    const poked = new Promise<void>((resolve) => (this.wake = resolve));
    const timer = ms === undefined ? new Promise<void>(() => {}) : sleep(ms, over.signal).catch(() => {});
    await Promise.race([poked, timer]);
    over.abort();
  }

  // With the lock: the only one that sends.
  private async run(): Promise<void> {
    const seen = await settled(this.database.transaction(SEEN).objectStore(SEEN).get("positions"));
    this.options.pitlane.positions.add(seen as string | undefined);
    for (let attempt = 1; !this.stop.signal.aborted; ) {
      this.dirty = false;
      const next = withStates(await this.rows()).find((row) => row.state === "waiting");
      if (next === undefined) {
        await this.nap();
        continue;
      }
      const wait = await this.send(next, attempt);
      attempt = wait === undefined ? 1 : attempt + 1;
      // A command that is added meanwhile is no reason to try the first one sooner.
      if (wait !== undefined) {
        this.dirty = false;
        await this.nap(wait);
      }
    }
  }

  // Answers how long to wait before it is worth another try; nothing when it has its answer.
  private async send(row: Row & Command, attempt: number): Promise<number | undefined> {
    const method = this.methods.get(`${row.service}/${row.method}`);
    try {
      if (method === undefined) throw new RangeError(`${row.service}/${row.method} is not known here`);
      const answer = await this.options.pitlane.transport.unary(
        method,
        this.stop.signal,
        undefined,
        undefined,
        fromBinary(method.input, row.request) as never,
      );
      await this.settle(row, undefined);
      const { request: _, ...command } = row;
      this.options.onDone?.(command, answer.message);
      return undefined;
    } catch (thrown) {
      const error = explain(thrown);
      // Carried out before its store was rebuilt, which has forgotten the answer.
      if (error.reason === "ANSWER_LOST") {
        await this.settle(row, undefined);
        return undefined;
      }
      // A store that was restored from a backup never reaches what this till saw before.
      if (error.reason === "POSITION_NOT_REACHED" && attempt >= PATIENCE) {
        this.options.pitlane.positions.clear();
      }
      // Whoever signs in again goes on with it.
      const waits = isTransient(thrown) || error.code === Code.Unauthenticated;
      if (waits || this.stop.signal.aborted) return backoff(attempt, POLICY, error.retryAfterMs);
      await this.settle(row, error);
      return undefined;
    }
  }

  private async settle(row: Row & Command, error: Explained | undefined): Promise<void> {
    const transaction = this.database.transaction([COMMANDS, SEEN], "readwrite", { durability: "strict" });
    const { state: _, ...kept } = row;
    if (error === undefined) transaction.objectStore(COMMANDS).delete(row.seq);
    else transaction.objectStore(COMMANDS).put({ ...kept, error });
    // So that what comes next sees what this one made, also after a reload.
    transaction.objectStore(SEEN).put(this.options.pitlane.positions.toString(), "positions");
    await committed(transaction);
    await this.changed(true);
  }
}
