import { MethodOptions_IdempotencyLevel as Level } from "@bufbuild/protobuf/wkt";
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { explain, isTransient } from "./errors.js";
import { newRequestId } from "./ids.js";

/** As gRPC's service config has it; durations like "0.1s". The most specific name counts. */
export interface MethodConfig {
  /** Empty: every method. Without `method`: every one of the service. */
  name: { service?: string; method?: string }[];
  /** For all attempts together, unless the call has its own. */
  timeout?: string;
  retryPolicy?: {
    maxAttempts: number;
    initialBackoff: string;
    maxBackoff: string;
    backoffMultiplier: number;
    /** E.g. "UNAVAILABLE". A line that broke is UNAVAILABLE, too. */
    retryableStatusCodes: string[];
  };
}

export interface ServiceConfig {
  methodConfig: MethodConfig[];
}

export const defaultServiceConfig: ServiceConfig = {
  methodConfig: [
    {
      name: [{}],
      timeout: "30s",
      retryPolicy: {
        maxAttempts: 5,
        initialBackoff: "0.2s",
        maxBackoff: "5s",
        backoffMultiplier: 2,
        retryableStatusCodes: ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"],
      },
    },
  ],
};

function milliseconds(duration: string): number {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(duration);
  if (match === null) throw new RangeError(`'${duration}' is no duration: write "0.5s"`);
  return Number(match[1]) * 1000;
}

export function configOf(config: ServiceConfig, method: DescMethod): MethodConfig | undefined {
  const rank = (one: MethodConfig) =>
    Math.max(
      ...one.name.map(({ service, method: name }) => {
        if (service === undefined || service === "") return 0;
        if (service !== method.parent.typeName) return -1;
        if (name === undefined || name === "") return 1;
        return name === method.name ? 2 : -1;
      }),
    );
  return config.methodConfig
    .map((one) => ({ one, rank: rank(one) }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => b.rank - a.rank)[0]?.one;
}

export function timeoutOf(config: ServiceConfig, method: DescMethod): number | undefined {
  const timeout = configOf(config, method)?.timeout;
  return timeout === undefined || method.methodKind !== "unary" ? undefined : milliseconds(timeout);
}

/** How long before attempt `attempt` + 1: anything up to the backoff, never less than was asked for. */
export function backoff(
  attempt: number,
  policy: { initialBackoff: string; maxBackoff: string; backoffMultiplier: number },
  asked = 0,
): number {
  const most = Math.min(
    milliseconds(policy.initialBackoff) * policy.backoffMultiplier ** (attempt - 1),
    milliseconds(policy.maxBackoff),
  );
  return asked + Math.random() * most;
}

/** Resolves after `ms`; rejects as soon as the signal is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(ConnectError.from(signal?.reason ?? "aborted", Code.Canceled));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

const requestIdField = (method: DescMethod) =>
  method.input.fields.find((field) => field.name === "request_id" && field.fieldKind === "scalar");

/** A read, or a change that is carried out once however often it arrives. */
function isSafe(method: DescMethod): boolean {
  return method.idempotency === Level.NO_SIDE_EFFECTS || requestIdField(method) !== undefined;
}

function nameOf(code: Code): string {
  return (Code[code] ?? "Unknown").replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}

/**
 * Gives every change a request id, once, and repeats what is safe to repeat: by the service config,
 * with jitter, and not before RetryInfo or Retry-After says so. Streams are `watch`'s to resume.
 */
export function retrying(
  config: ServiceConfig,
  onRetry?: (method: DescMethod, attempt: number, error: unknown) => void,
): Interceptor {
  return (next) => async (request) => {
    if (request.stream) return next(request);
    const field = requestIdField(request.method);
    const message = request.message as unknown as Record<string, unknown>;
    if (field !== undefined && message[field.localName] === "") message[field.localName] = newRequestId();
    const policy = configOf(config, request.method)?.retryPolicy;
    for (let attempt = 1; ; ++attempt) {
      try {
        return await next(request);
      } catch (error) {
        const { code, retryAfterMs } = explain(error);
        const again =
          policy !== undefined &&
          attempt < policy.maxAttempts &&
          !request.signal.aborted &&
          isSafe(request.method) &&
          isTransient(error) &&
          policy.retryableStatusCodes.includes(nameOf(code));
        if (!again) throw error;
        onRetry?.(request.method, attempt, error);
        await sleep(backoff(attempt, policy, retryAfterMs), request.signal);
      }
    }
  };
}
