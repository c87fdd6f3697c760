import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb.js";

export interface FieldProblem {
  /** From the request on, e.g. "lines[2].quantity_milli". */
  field: string;
  problem: string;
}

/** An error as one decides by it and shows it. */
export interface Explained {
  code: Code;
  /** What to decide by, e.g. "TICKET_IS_CLOSED"; empty when the answer did not come from Pitlane. */
  reason: string;
  /** For people: what was refused, and what to do about it. */
  message: string;
  fields: FieldProblem[];
  /** E.g. the limit that was passed. */
  metadata: Record<string, string>;
  /** How long to wait before it is worth another try. */
  retryAfterMs?: number;
}

// Not an answer, but the lack of one: fetch throws a TypeError, and a cut body is none of ours either.
function lineBroke(error: unknown): boolean {
  if (error instanceof TypeError) return true;
  return error instanceof ConnectError && !error.isWireError && error.cause instanceof TypeError;
}

function retryAfter(error: ConnectError): number | undefined {
  const [info] = error.findDetails(RetryInfoSchema);
  const delay = info?.retryDelay;
  if (delay !== undefined) return Number(delay.seconds) * 1000 + delay.nanos / 1e6;
  const seconds = Number(error.metadata.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

export function explain(thrown: unknown): Explained {
  if (lineBroke(thrown)) {
    return {
      code: Code.Unavailable,
      reason: "",
      message: "the gateway cannot be reached: is there a network?",
      fields: [],
      metadata: {},
    };
  }
  const error = ConnectError.from(thrown);
  const [info] = error.findDetails(ErrorInfoSchema);
  const [bad] = error.findDetails(BadRequestSchema);
  const wait = retryAfter(error);
  return {
    code: error.code,
    reason: info?.reason ?? "",
    message: error.rawMessage,
    fields: (bad?.fieldViolations ?? []).map(({ field, description }) => ({ field, problem: description })),
    metadata: { ...info?.metadata },
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

/** Whether the same request may well be answered later: nothing is wrong with it. */
export function isTransient(thrown: unknown): boolean {
  const { code, reason, retryAfterMs } = explain(thrown);
  if (retryAfterMs !== undefined) return true;
  switch (code) {
    case Code.Unavailable:
    case Code.DeadlineExceeded:
      return true;
    case Code.ResourceExhausted:
      return reason !== "MESSAGE_TOO_LARGE";
    case Code.Unknown:
    case Code.Internal:
      // A proxy's answer, or a body that was cut off. Pitlane's own have a reason, and what is thrown
      // by a program's fault is no answer at all.
      return reason === "" && thrown instanceof ConnectError;
    default:
      return false;
  }
}
