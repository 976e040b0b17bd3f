// Documents that declare test applications (echo-app.mjs) in the namespace "shop".

import { join } from "node:path";

const APPLICATION = join(import.meta.dirname, "echo-app.mjs");

export type EchoWorkload = {
  // Also its service account and its label `app`, unless others are given.
  readonly name: string;
  readonly app?: string;
  readonly serviceAccount?: string;
  readonly version?: string;
  readonly dependencies?: readonly string[]; // "echo": its port 80
  readonly isServed?: boolean; // false: it has no port and only calls
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>; // besides
};

export function echoWorkload(options: EchoWorkload): string {
  const { name, app = name, serviceAccount = name, version = "" } = options;
  const { dependencies = [], isServed = true, environment = {}, namespace = "shop" } = options;
  const labels = { app, ...(version !== "" && { version }), ...options.labels };
  const served = {
    ports: [{ name: "http", protocol: "http" }],
    readiness: { http: { port: "http", path: "/healthz" } },
  };
  return documentOf("weft.dev/v1alpha1", "Workload", {
    metadata: { name, namespace, labels },
    spec: {
      command: options.command ?? ["node", APPLICATION],
      serviceAccount,
      environment: { VERSION: version, ...environment },
      dependencies: dependencies.map((service) => ({ service, port: 80, protocol: "http" })),
      ...(isServed ? served : {}),
    },
  });
}

export function echoService(name: string, selector: object = { app: name }, namespace = "shop") {
  return documentOf("v1", "Service", {
    metadata: { name, namespace },
    spec: { selector, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  });
}

// JSON is YAML.
export function documentOf(apiVersion: string, kind: string, rest: object): string {
  return `${JSON.stringify({ apiVersion, kind, ...rest }, undefined, 1)}\n---\n`;
}
