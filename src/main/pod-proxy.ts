// The data plane beside a pod's containers: nobody supervises it but the kubelet.

import { enableCompileCache } from "node:module";

enableCompileCache();

const { runPodProxy } = await import("./run-pod-proxy.ts");
runPodProxy();
