// What a rule answers by itself, instead of handing the request on.

import type { PathEdit } from "./request-shape.ts";

export type RouteReply = Redirect | DirectResponse;

export type Redirect = {
  readonly kind: "redirect";
  readonly status: number;
  readonly scheme?: "http" | "https";
  readonly authority?: string; // with or without a port
  // A number, the port that the request was for, the usual one of the scheme, or only what
  // `authority` says.
  readonly port: number | "request" | "scheme" | "authority";
  readonly path?: PathEdit;
};

export type DirectResponse = {
  readonly kind: "direct";
  readonly status: number;
  readonly bodyBase64: string;
  readonly contentType: string; // "" where there is no body
};
