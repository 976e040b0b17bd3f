// A control plane on a folder of documents, in a process of its own, until it is asked to end:
// `node bench/scale/large-control.ts DOCUMENTS STATE`. Prints where it listens for proxies.

import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { jsonLog } from "#base/log.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import { openOnFolder } from "#control/plane/open-on-folder.ts";

const [documents = "", stateFolder = ""] = process.argv.slice(2);
const log = jsonLog((line) => process.stderr.write(line), systemClock, "control");
systemFiles.makeFolder(stateFolder, 0o700);
const any = { address: "127.0.0.1", port: 0 };
let listener: ControlListener | undefined;
let port = 0;
const opening = await openOnFolder(
  { version: "0", documents, stateFolder, dashboardFolder: "", proxies: any, admin: any },
  {
    ...{ clock: systemClock, files: systemFiles, log },
    proxyEntrance: (credentials, events, to) => {
      const entrance = new ControlListener(credentials, events, to);
      listener = entrance;
      const listen = async (on: Parameters<ControlListener["listen"]>[0]): Promise<number> => {
        port = await entrance.listen(on);
        return port;
      };
      return {
        ...{ listen, replace: (next) => entrance.replace(next) },
        ...{ drain: () => entrance.drain(), close: () => entrance.close() },
      };
    },
  },
  () => {},
);
if (opening.kind === "refused" || !listener) throw new Error("it did not open");
process.stdout.write(`listens on ${port}\n`);
process.on("SIGTERM", () => process.exit(0));
