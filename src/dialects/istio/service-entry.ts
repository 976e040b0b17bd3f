// ServiceEntry (networking.istio.io): hosts that the mesh may call besides its own services. Each
// host is a service; https://istio.io/latest/docs/reference/config/networking/service-entry/

import type { Document } from "#ir/document.ts";
import { readExportTo } from "#ir/export-to.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";
import type { Outside, OutsideAddress, Service } from "#ir/model.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readAddresses } from "./service-addresses.ts";
import { type EntryPort, readEntryPorts } from "./service-entry-ports.ts";
import { readWorkloadEndpoint } from "./workload-endpoint.ts";

const RESOLUTIONS = ["NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"] as const;
const HOSTS_MAX = 256;

// What is taken of the addresses that names have.
const HOW: ReadonlyMap<string, "all" | "first"> = new Map([
  ["DNS", "all"],
  ["DNS_ROUND_ROBIN", "first"],
]);

type Resolution = (typeof RESOLUTIONS)[number];

export function translateServiceEntry(document: Document): Translation {
  return translateFields(document, readServiceEntry);
}

function readServiceEntry(root: FieldReader, { namespace, origin }: Document) {
  const spec = root.inside("spec");
  const resolution = spec.choice("resolution", RESOLUTIONS) ?? "NONE";
  const hosts = readHosts(spec);
  const ports = readEntryPorts(spec);
  const addresses = readAddresses(spec, resolution);
  const selector = spec.object("workloadSelector")?.textMap("labels") ?? new Map();
  const readers = spec.list("endpoints");
  const endpoints = readEndpoints(readers, resolution);
  const exportTo = readExportTo(spec, namespace);
  const certificateNames = spec.texts("subjectAltNames");
  // It decides on mTLS, which here every endpoint with a proxy gets.
  spec.choice("location", ["MESH_EXTERNAL", "MESH_INTERNAL"]);
  checkTogether(spec, resolution, hosts, readers.length);
  const isAsDialled = resolution === "NONE" || resolution === "DYNAMIC_DNS";
  const outsides: Outside[] = [];
  const services = hosts.map((host): Service => {
    const service = { namespace, name: host };
    const own = addressesOf(host, resolution, selector.size > 0, endpoints);
    if (own.length > 0) outsides.push({ origin, service, addresses: own, ports: targets(ports) });
    return {
      ...{ ...service, origin, selector, ports: ports.map(({ port }) => port), host },
      ...(addresses.length > 0 && { addresses }),
      ...(exportTo && { exportTo }),
      ...(isAsDialled && selector.size === 0 && { isAsDialled: true as const }),
      ...(certificateNames.length > 0 && { certificateNames }),
    };
  });
  return { services, outsides };
}

function readHosts(spec: FieldReader): readonly string[] {
  spec.require("hosts", "a list of hosts");
  const texts = spec.texts("hosts");
  if (texts.length > HOSTS_MAX) spec.invalid("hosts", `a list of at most ${HOSTS_MAX} hosts`);
  const hosts = texts.slice(0, HOSTS_MAX).flatMap((text, i) => {
    const host = text.toLowerCase();
    if (host !== "*" && host.includes(".") && isHostName(host, "patterns")) return [host];
    const expected = 'a full name with a dot, or one such as "*.example.com"';
    spec.invalidAt(["hosts", i], text, expected);
    return [];
  });
  return [...new Set(hosts)];
}

function readEndpoints(
  readers: readonly FieldReader[],
  resolution: Resolution,
): readonly OutsideAddress[] {
  const how = HOW.get(resolution);
  return readers.flatMap((reader) => readWorkloadEndpoint(reader, "", how) ?? []);
}

// Without endpoints DNS asks for the host itself.
function addressesOf(
  host: string,
  resolution: Resolution,
  isSelecting: boolean,
  endpoints: readonly OutsideAddress[],
): readonly OutsideAddress[] {
  if (endpoints.length > 0 || isSelecting || host.startsWith("*")) return endpoints;
  const how = HOW.get(resolution);
  return how ? [{ address: host, name: host, isReady: true, resolution: how }] : [];
}

function targets(ports: readonly EntryPort[]) {
  return ports.map(({ port: { name }, target }) => ({ name, port: target }));
}

// What the schema's own validation says of several fields.
function checkTogether(
  spec: FieldReader,
  resolution: Resolution,
  hosts: readonly string[],
  endpoints: number,
): void {
  const isSelecting = spec.has("workloadSelector");
  if (endpoints > 0 && isSelecting) spec.invalid("endpoints", "absent beside workloadSelector");
  if (resolution === "NONE" && endpoints > 0) {
    spec.invalid("endpoints", "absent where the resolution is NONE", "Set resolution: STATIC.");
  }
  if (resolution === "STATIC" && endpoints === 0 && !isSelecting && spec.isSound) {
    spec.require("endpoints", "a list of endpoints where the resolution is STATIC");
  }
  if (resolution === "DNS_ROUND_ROBIN" && endpoints > 1) {
    spec.invalid("endpoints", "one endpoint at most where the resolution is DNS_ROUND_ROBIN");
  }
  for (const [i, host] of hosts.entries()) {
    if (HOW.has(resolution) && host.startsWith("*") && endpoints === 0 && !isSelecting) {
      const expected = "a full name where the resolution is DNS, or there must be endpoints";
      spec.invalidAt(["hosts", i], host, expected, "Set resolution: DYNAMIC_DNS.");
    }
    if (resolution === "DYNAMIC_DNS" && !host.startsWith("*")) {
      spec.invalidAt(["hosts", i], host, 'a name such as "*.example.com"', "Set resolution: DNS.");
    }
  }
}
