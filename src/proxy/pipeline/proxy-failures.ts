// What the pipeline itself has to say against a request.

import type { Failure } from "#proxy/exchange/failure.ts";

// The peer's proxy says that its application did not get the request.
export const UNSEEN: Failure = {
  code: "upstream-refused",
  side: "upstream",
  retry: "always",
  detail: "The application behind the endpoint could not be reached",
};

export const NO_ENDPOINT: Failure = {
  code: "no-endpoint",
  side: "proxy",
  retry: "always",
  detail: "The route's backend has no endpoint that is ready. See `weft stat` and `weft check`",
};

export const BACKEND_FULL: Failure = {
  code: "overflow",
  side: "proxy",
  retry: "always",
  detail: "As many requests are in flight to this backend as its DestinationRule allows",
};

export const OVERFLOW: Failure = {
  code: "overflow",
  side: "proxy",
  retry: "always",
  detail: "Too many requests wait for a connection already",
};

export const STREAM_IDLE: Failure = {
  code: "stream-idle",
  side: "proxy",
  retry: "never",
  detail:
    "Nothing moved in either direction for too long: nobody sent, or nobody took what was sent",
};

export const REQUEST_TIMED_OUT: Failure = {
  code: "request-timeout",
  side: "downstream",
  retry: "never",
  detail: "Cannot wait longer for the request's body: it comes too slowly",
};

export const DEADLINE_EXCEEDED: Failure = {
  code: "deadline-exceeded",
  side: "proxy",
  retry: "never",
  detail: "The call's own time, its grpc-timeout, is over",
};

export const ROUTE_TIMED_OUT: Failure = {
  code: "route-timeout",
  side: "proxy",
  retry: "never",
  detail: "The time that the rule gives the request is over",
};

export const TRY_TIMED_OUT: Failure = {
  code: "try-timeout",
  side: "proxy",
  retry: "never",
  detail: "The time that the rule gives a try is over, and the request was not tried again",
};

export const FAULT_INJECTED: Failure = {
  code: "fault-injected",
  side: "proxy",
  retry: "never",
  detail: "The rule that takes the request aborts it on purpose (fault)",
};

export const OVERLOADED: Failure = {
  code: "overloaded",
  side: "proxy",
  retry: "always",
  detail: "The proxy takes no work now: it is about to run out of what it needs",
};

export const NO_ROUTE: Failure = {
  code: "no-route",
  side: "proxy",
  retry: "never",
  detail: "No rule of the service's routes matches. Ask `weft explain` which were tried",
};

export const BACKEND_INVALID: Failure = {
  code: "backend-invalid",
  side: "proxy",
  retry: "never",
  detail: "The route names a backend that does not exist. See `weft get diagnostics`",
};

export const DESTINATION_UNKNOWN: Failure = {
  code: "destination-unknown",
  side: "proxy",
  retry: "never",
  detail: "No service of the mesh answers to this host and port. See `weft get services`",
};

export const PLAN_UNAVAILABLE: Failure = {
  code: "plan-unavailable",
  side: "proxy",
  retry: "never",
  detail: "This destination is new to the proxy and the control plane did not answer in time",
};

export const SECRET_MISSING: Failure = {
  code: "secret-missing",
  side: "downstream",
  retry: "never",
  detail:
    "The request does not show this workload's secret. Use WEFT_<SERVICE>_URL or http_proxy " +
    "as they stand in the workload's environment",
};

export const BROWSER_REFUSED: Failure = {
  code: "browser-refused",
  side: "downstream",
  retry: "never",
  detail:
    "A web page may not borrow the workload's identity " +
    "(Origin, Sec-Fetch-Site or Sec-Fetch-Dest was sent)",
};

export const CONNECT_UNSUPPORTED: Failure = {
  code: "connect-unsupported",
  side: "downstream",
  retry: "never",
  detail: "CONNECT is taken on the outbound listener only, and not inside another CONNECT",
};

export const CONNECT_REQUIRED: Failure = {
  code: "connect-required",
  side: "downstream",
  retry: "never",
  detail: "With ALPN h2 this port takes CONNECT only (HBONE). Requests of this mesh come as weft/1",
};

export const DESTINATION_FORBIDDEN: Failure = {
  code: "destination-forbidden",
  side: "proxy",
  retry: "never",
  detail:
    "Nobody gets there through the mesh: link-local and loopback addresses, and the ports of " +
    "the mesh itself (15000 to 15090)",
};

export const ADDRESS_FOREIGN: Failure = {
  code: "destination-forbidden",
  side: "downstream",
  retry: "never",
  detail: "This is not the address of the workload here",
};

export const AUTHORITY_MALFORMED: Failure = {
  code: "malformed-request",
  side: "downstream",
  retry: "never",
  detail: "CONNECT names an IP address and a port here: 10.0.0.7:8080 or [fd00::7]:8080",
};

export const PLAINTEXT_REFUSED: Failure = {
  code: "peer-unauthenticated",
  side: "downstream",
  retry: "never",
  detail: "This workload takes nothing without mutual TLS (PeerAuthentication STRICT)",
};

export const PORT_REVOKED: Failure = {
  code: "port-unknown",
  side: "proxy",
  retry: "never",
  detail: "The workload does not declare the port any more, or not for this protocol",
};

export const HOST_UNKNOWN: Failure = {
  code: "no-route",
  side: "proxy",
  retry: "never",
  detail: "No host of the gateway's listener is the one asked for",
};

export const NAME_UNDERSCORED: Failure = {
  code: "malformed-request",
  side: "downstream",
  retry: "never",
  detail: "A header's name has an underscore, which applications may take for a dash",
};

export const PORT_UNKNOWN: Failure = {
  code: "port-unknown",
  side: "downstream",
  retry: "never",
  detail: "The workload declares no HTTP port of this number",
};
