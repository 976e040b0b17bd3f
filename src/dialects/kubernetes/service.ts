// Service (v1): a name and a port, and the workloads behind them.

import { isIP } from "node:net";
import type { Document, Labels } from "#ir/document.ts";
import { isExport, namespacesOf } from "#ir/export-to.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";
import type { Service, ServicePort } from "#ir/model.ts";
import { isDnsLabel } from "#ir/read-document.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readNearness } from "./nearness.ts";
import { servicePortProtocol } from "./service-port-protocol.ts";

// How a cluster gives the service an address, or shows it to the outside: here the mesh itself
// carries every request, and nothing shows outside.
const OF_A_CLUSTER = [
  "allocateLoadBalancerNodePorts",
  "externalIPs",
  "externalTrafficPolicy",
  "healthCheckNodePort",
  "ipFamilies",
  "ipFamilyPolicy",
  "loadBalancerClass",
  "loadBalancerIP",
  "loadBalancerSourceRanges",
];
const EXPORT_TO = "networking.istio.io/exportTo";
const TLS_WORDS = ["https", "tls", "kubernetes.io/wss"];
const TYPES = ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] as const;

export function translateService(document: Document): Translation {
  return translateFields(document, readService);
}

function readService(root: FieldReader, document: Document) {
  const { namespace, name, origin } = document;
  const spec = root.inside("spec");
  spec.accept(...OF_A_CLUSTER);
  const selector = readSelector(spec);
  const ports = readPorts(spec.list("ports"));
  if (ports.length === 0 && spec.isSound && spec.has("selector")) {
    spec.require("ports", "a list of ports", "List the ports that callers dial.");
  }
  const parts = readWhatIsRare(spec);
  const isSticky = readAffinity(spec);
  const nearness = readNearness(spec, document.annotations);
  const type = spec.choice("type", TYPES);
  const external = readExternalName(spec, type);
  if (!isDnsLabel(name)) {
    const message = `The name "${name}" has dots or is too long for a service`;
    const remedy = "Use lower-case letters, digits and dashes.";
    root.report(["metadata", "name"], { severity: "error", code: "WEFT102", message, remedy });
    return {};
  }
  const exportTo = readExportAnnotation(root, document);
  const addresses = readAddresses(spec);
  const service = {
    ...{ namespace, name, origin, selector, ports },
    ...(isSticky && { isSticky }),
    ...(exportTo && { exportTo }),
    ...(addresses.length > 0 && { addresses }),
    ...parts,
    ...nearness,
  };
  if (type !== "ExternalName") return { services: [service] };
  return external === undefined ? {} : leadingTo(external, service);
}

// Istio's: "namespace-a,namespace-b".
function readExportAnnotation(root: FieldReader, { annotations, namespace }: Document) {
  const text = annotations.get(EXPORT_TO);
  if (text === undefined) return undefined;
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !isExport(name));
  if (wrong === undefined) return namespacesOf(names, namespace);
  const path = ["metadata", "annotations", EXPORT_TO];
  root.invalidAt(path, text, 'namespaces with commas between, or ".", "*" or "~"');
  return undefined;
}

// Read first. One label that can't be read must not make it select more: then it selects nothing.
function readSelector(spec: FieldReader): Labels {
  const selector = spec.textMap("selector");
  return spec.isSound ? selector : new Map();
}

function readAffinity(spec: FieldReader): boolean {
  const isSticky = spec.choice("sessionAffinity", ["None", "ClientIP"]) === "ClientIP";
  const consequence = "a caller keeps its endpoint as long as that is there";
  const config = spec.object("sessionAffinityConfig")?.object("clientIP");
  config?.unsupported("warning", consequence, "timeoutSeconds");
  return isSticky;
}

function readWhatIsRare(spec: FieldReader): Pick<Service, "isHeadless" | "takesUnready"> {
  const isHeadless = spec.text("clusterIP") === "None";
  const takesUnready = spec.flag("publishNotReadyAddresses") ?? false;
  return {
    ...(isHeadless && { isHeadless: true as const }),
    ...(takesUnready && { takesUnready: true as const }),
  };
}

// In a cluster, by which it is dialled by whoever has asked DNS.
function readAddresses(spec: FieldReader): readonly string[] {
  const all = [spec.text("clusterIP") ?? "", ...spec.texts("clusterIPs")];
  return [...new Set(all.filter((address) => isIP(address) !== 0))];
}

function readExternalName(spec: FieldReader, type: string | undefined): string | undefined {
  const written = spec.text("externalName")?.toLowerCase();
  if (type !== "ExternalName") return undefined;
  spec.require("externalName", "the host that it leads to");
  const host = written?.endsWith(".") ? written.slice(0, -1) : written;
  if (host === undefined || isHostName(host, "names")) return host;
  spec.invalid("externalName", "the name of a host");
  return undefined;
}

// A name of the mesh is found when all documents are known; of others, DNS knows.
function leadingTo(host: string, { selector: _, ...service }: Service) {
  const { namespace, name, origin, ports } = service;
  const targets = ports.map(({ name: own, port, targetPort }) => {
    return { name: own, port: typeof targetPort === "number" ? targetPort : port };
  });
  const address = { address: host, name: host, isReady: true, resolution: "all" as const };
  return {
    services: [{ ...service, selector: new Map<string, string>(), aliasOf: host }],
    outsides: [{ origin, service: { namespace, name }, addresses: [address], ports: targets }],
  };
}

function readPorts(readers: readonly FieldReader[]): readonly ServicePort[] {
  const ports: ServicePort[] = [];
  for (const reader of readers) {
    const port = readPort(reader, readers.length > 1);
    if (!port) continue;
    const twin = ports.find((other) => other.port === port.port || other.name === port.name);
    if (!twin) ports.push(port);
    else if (twin.port === port.port) reader.invalid("port", "a port that no other entry has");
    else reader.invalid("name", "a name that no other port has");
  }
  return ports;
}

function readPort(reader: FieldReader, isNamed: boolean): ServicePort | undefined {
  const name = reader.text("name") ?? "";
  if (isNamed && name === "") reader.require("name", "a name: there are several ports");
  reader.require("port", "a port number");
  const port = reader.integer("port", 1, 65_535);
  const target = reader.scalar("targetPort");
  const isNumber = typeof target === "number";
  if (isNumber && !(Number.isInteger(target) && target >= 1 && target <= 65_535)) {
    reader.invalid("targetPort", "a port from 1 to 65535, or a port's name");
  }
  reader.accept("nodePort");
  const transport = reader.choice("protocol", ["TCP", "UDP", "SCTP"]) ?? "TCP";
  if (transport !== "TCP") {
    reader.report(["protocol"], {
      severity: "error",
      code: "WEFT104",
      message: `Not supported: ${transport} ports are left out`,
    });
  }
  const protocol = servicePortProtocol(reader, name);
  if (port === undefined || !reader.finish()) return undefined;
  const isTls = protocol === "tcp" && saysTls(reader, name);
  return {
    name,
    port,
    targetPort: target ?? port,
    protocol,
    ...(isTls && { isTls: true as const }),
  };
}

// As in Istio, where rules for TLS are for ports that say so.
function saysTls(port: FieldReader, name: string): boolean {
  const said = port.text("appProtocol")?.toLowerCase() ?? name.toLowerCase().split("-", 1)[0]!;
  return TLS_WORDS.includes(said);
}
