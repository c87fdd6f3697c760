import type { CallOptions } from "@connectrpc/connect";
import { isTransient } from "./errors.js";
import { backoff, sleep } from "./retry.js";

const POLICY = { initialBackoff: "0.5s", maxBackoff: "10s", backoffMultiplier: 2 };

/** What every watch stream of Pitlane answers. */
export interface Watched {
  position: bigint;
}

export interface WatchOptions {
  signal?: AbortSignal;
  /**
   * The stream broke and is opened again. `gap`: nothing had come yet and no position was given, so
   * what happened meanwhile is not told; read again what is shown.
   */
  onResume?: (break_: { error: unknown; gap: boolean }) => void;
}

/**
 * What a watch method tells, without end: when the line breaks it goes on behind the last position,
 * so that nothing is missed and nothing comes twice. Ends when the signal is aborted; throws what no
 * waiting mends (a token that is refused, a location that may not be read).
 *
 *     for await (const { event } of watch(tickets.watchTickets, { locationId }, { signal })) …
 */
export async function* watch<Request extends { afterPosition?: bigint }, Answer extends Watched>(
  method: (request: Request, options?: CallOptions) => AsyncIterable<Answer>,
  request: Request,
  options: WatchOptions = {},
): AsyncGenerator<Answer, void, undefined> {
  const { signal, onResume } = options;
  const aborted = () => signal?.aborted === true;
  let after = request.afterPosition;
  for (let attempt = 1; !aborted(); ++attempt) {
    let broke: unknown = new TypeError("the stream ended");
    // Ends the stream also when the caller stops asking for more.
    const stop = new AbortController();
    const forward = () => stop.abort(signal?.reason);
    signal?.addEventListener("abort", forward, { once: true });
    try {
      const from = after === undefined ? request : { ...request, afterPosition: after };
      for await (const answer of method(from, { signal: stop.signal, timeoutMs: 0 })) {
        attempt = 1;
        after = answer.position;
        yield answer;
      }
    } catch (error) {
      broke = error;
    } finally {
      signal?.removeEventListener("abort", forward);
      stop.abort();
    }
    if (aborted()) return;
    if (!isTransient(broke)) throw broke;
    onResume?.({ error: broke, gap: after === undefined });
    try {
      await sleep(backoff(attempt, POLICY), signal);
    } catch {
      return;
    }
  }
}
