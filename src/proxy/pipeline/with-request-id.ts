// Hot path.

import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import { joinedHeaders } from "./joined-headers.ts";

const NAME = "x-request-id";

// The headers of an answer, with the request's id, which `weft explain` takes. An application that
// says one itself is not contradicted.
export function withRequestId(headers: Headers, asked: Headers): Headers {
  const id = findHeader(asked, NAME);
  if (id === undefined || findHeader(headers, NAME) !== undefined) return headers;
  return joinedHeaders(headers, [NAME, id]);
}
