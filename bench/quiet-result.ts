// A result of the load to which nothing happened, for the tests here.

import type { LoadResult } from "#bench/load/load-result.ts";

const ERRORS = { connect: 0, reset: 0, cut: 0, framing: 0, timeout: 0, overload: 0 };
const PERCENTILES = { p50: 1, p75: 1, p90: 1, p99: 1, p999: 1, max: 1, mean: 1 };

export const quietResult: LoadResult = {
  ...{ target: "http://127.0.0.1:1", protocol: "http1", loop: "closed", elapsedMs: 1_000 },
  ...{ connections: 1, streams: 1, keepsAlive: true, grpcStatuses: [] },
  ...{ requests: 100, answers: 100, succeeded: 100, successRate: 1, errors: ERRORS },
  ...{ abandoned: 0, statuses: [[200, 100]], bodyBytes: 100 },
  ...{ ratePerSecond: { requested: null, achieved: 100 }, latencyUs: PERCENTILES },
  generator: { cpuUsPerRequest: 1, cpuShare: 0.1, busyShare: 0.1, latenessUs: PERCENTILES },
  ...{ isLimit: false, limitReason: "" },
};
