// A span to test with: what web's proxy tells of a request for reviews.

import type { ReportedSpan } from "#snapshot/reported-span.ts";

export function spanOf(i: number, other: Partial<ReportedSpan> = {}): ReportedSpan {
  return {
    traceId: i.toString(16).padStart(32, "0"),
    spanId: "00f067aa0ba902b7",
    ...{ parentId: "", kind: "client", startMs: 1_500_000_000_000, durationMs: 12.5 },
    ...{ method: "GET", path: "/", authority: "reviews:9080", status: 200, grpcStatus: "" },
    ...{ cause: "", requestId: "", service: "reviews.bookshop:9080", peer: "bookshop/reviews-v1" },
    ...{ route: "default 0", backend: "reviews", endpoint: "127.64.0.3:15008", attempts: 1 },
    ...other,
  };
}
