import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { createClient, ConnectError, type Client, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { Positions } from "./positions.js";
import { defaultServiceConfig, retrying, timeoutOf, type ServiceConfig } from "./retry.js";

const POSITION = "pitlane-position";
const AFTER = "pitlane-after";

export interface PitlaneOptions {
  /** The gateway, e.g. "https://pitlane.shop.example:7411". */
  baseUrl: string;
  /** The access token, or where to get one; asked for with every attempt. */
  token: string | (() => string | Promise<string>);
  /** Default: "connect". */
  protocol?: "connect" | "grpc-web";
  /** Binary messages instead of JSON. */
  binary?: boolean;
  /** Which calls are repeated, and how. */
  serviceConfig?: ServiceConfig;
  /** What has been seen; share one between clients that must see each other's changes. */
  positions?: Positions;
  fetch?: typeof globalThis.fetch;
  onRetry?: (method: DescMethod, attempt: number, error: unknown) => void;
}

export interface Pitlane {
  client<Service extends DescService>(service: Service): Client<Service>;
  readonly transport: Transport;
  readonly positions: Positions;
}

function authorizing(token: PitlaneOptions["token"]): Interceptor {
  return (next) => async (request) => {
    const text = typeof token === "string" ? token : await token();
    request.header.set("authorization", `Bearer ${text}`);
    return next(request);
  };
}

// What a call must see, and what it has made.
function following(positions: Positions): Interceptor {
  return (next) => async (request) => {
    const after = positions.toString();
    if (after !== "") request.header.set(AFTER, after);
    try {
      const answer = await next(request);
      if (!answer.stream) positions.add(answer.trailer.get(POSITION) ?? answer.header.get(POSITION));
      return answer;
    } catch (error) {
      if (error instanceof ConnectError) positions.add(error.metadata.get(POSITION));
      throw error;
    }
  };
}

// The service config's timeouts, for calls that have none of their own.
function withTimeouts(transport: Transport, config: ServiceConfig): Transport {
  return {
    unary: (method, signal, timeoutMs, header, input, context) =>
      transport.unary(method, signal, timeoutMs ?? timeoutOf(config, method), header, input, context),
    stream: (...all) => transport.stream(...all),
  };
}

/** Clients of one gateway, which share token and positions. */
export function connectPitlane(options: PitlaneOptions): Pitlane {
  const positions = options.positions ?? new Positions();
  const config = options.serviceConfig ?? defaultServiceConfig;
  const shared = {
    baseUrl: options.baseUrl,
    useBinaryFormat: options.binary ?? false,
    // The last is the innermost: each attempt has the token and positions of its own time.
    interceptors: [retrying(config, options.onRetry), authorizing(options.token), following(positions)],
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  };
  const transport = withTimeouts(
    options.protocol === "grpc-web"
      ? createGrpcWebTransport({ ...shared, useBinaryFormat: true })
      : createConnectTransport(shared),
    config,
  );
  return { client: (service) => createClient(service, transport), transport, positions };
}
