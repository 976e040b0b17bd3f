// Holds a cluster for work by hand, until Ctrl-C:  node test/kubernetes/start-cluster.ts [api|pods]

import { Cluster } from "./cluster.ts";
import { importWeftImage } from "./images.ts";

const mode = process.argv[2] === "api" ? "api" : "pods";
const cluster = Cluster.start(mode);
if (mode === "pods") await importWeftImage(cluster);
process.stdout.write(`export KUBECONFIG=${cluster.kubeconfig} WEFT_CLUSTER=${cluster.state}\n`);
setInterval(() => {}, 60_000);
