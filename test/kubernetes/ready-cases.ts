// The cluster itself: what all other cases stand on.

import assert from "node:assert/strict";
import type { ClusterCase } from "./cluster-case.ts";

export const readyCases: readonly ClusterCase[] = [
  {
    name: "the cluster's node is ready and runs a pod",
    async run(cluster) {
      const { items } = await cluster.get("nodes");
      const ready = items[0].status.conditions.find(
        ({ type }: { type: string }) => type === "Ready",
      );
      assert.equal(ready.status, "True");
      const command = ["sh", "-c", "echo ran; sleep 1"];
      const pod = busybox("once", command);
      await cluster.apply([{ ...pod, spec: { ...pod.spec, restartPolicy: "Never" } }]);
      const done = ["wait", "pod/once", "--for=jsonpath={.status.phase}=Succeeded"];
      await cluster.kubectl([...done, "--timeout=100s"]);
      assert.equal(await cluster.logs("default", "once", "main"), "ran\n");
      await cluster.kubectl(["delete", "pod", "once", "--wait=false"]);
    },
  },
  {
    name: "a pod finds a service by its name and is answered at its cluster address",
    async run(cluster) {
      const page = "mkdir /tmp/www && echo found > /tmp/www/index.html";
      const server = busybox("pages", ["sh", "-c", `${page} && httpd -f -p 8080 -h /tmp/www`]);
      const service = {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "pages", namespace: "default" },
        spec: { selector: { app: "pages" }, ports: [{ port: 80, targetPort: 8080 }] },
      };
      const asker = busybox("asker", ["sleep", "3600"]);
      await cluster.apply([server, service, asker]);
      await cluster.rolledOut("kube-system", "deployment/coredns");
      const both = ["pod/pages", "pod/asker"];
      await cluster.kubectl(["wait", ...both, "--for=condition=Ready", "--timeout=100s"]);
      const ask = "for i in 1 2 3 4 5 6 7 8 9 10; do wget -qO- http://pages && exit; sleep 1; done";
      assert.equal(await cluster.exec("default", "asker", ["sh", "-c", ask]), "found\n");
      await cluster.kubectl(["delete", ...both, "service/pages", "--now", "--wait=false"]);
    },
  },
];

function busybox(name: string, command: readonly string[]) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "main", image: "weft.test/busybox:local", command }],
    },
  };
}
