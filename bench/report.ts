// Generates docs/reference/performance.md and the README's table anew: `node bench/report.ts`.

import { writeReport } from "./report/write-report.ts";

writeReport();
