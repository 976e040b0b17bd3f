// EndpointSlice (discovery.k8s.io/v1): addresses behind a Service that selects no workloads. What
// is there is outside the mesh, and spoken to without TLS.

import { isIP } from "node:net";
import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";
import type { OutsideAddress, OutsidePort } from "#ir/model.ts";
import { isLinkLocal, isMeshPort, NO_MESH_PORT } from "#ir/outside-target.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { servicePortProtocol } from "./service-port-protocol.ts";

const SERVICE_LABEL = "kubernetes.io/service-name";
const MAKER_LABEL = "endpointslice.kubernetes.io/managed-by";
const CONTROLLER = "endpointslice-controller.k8s.io";

type AddressType = "IPv4" | "IPv6" | "FQDN";

export function translateEndpointSlice(document: Document): Translation {
  return translateFields(document, readEndpointSlice);
}

function readEndpointSlice(root: FieldReader, { namespace, origin, labels }: Document) {
  root.require("addressType", '"IPv4", "IPv6" or "FQDN"');
  const type = root.choice("addressType", ["IPv4", "IPv6", "FQDN"] as const);
  const name = labels.get(SERVICE_LABEL);
  if (name === undefined) {
    const path = ["metadata", "labels", SERVICE_LABEL];
    root.invalidAt(path, undefined, "the name of a Service in the same namespace");
  }
  const wanted = type ?? "IPv4";
  const addresses = root.list("endpoints").flatMap((reader) => readEndpoint(reader, wanted));
  const isMade = labels.get(MAKER_LABEL) === CONTROLLER;
  const ports = root.list("ports").flatMap((reader) => readPort(reader, isMade));
  if (type === undefined || name === undefined) return {};
  return { outsides: [{ origin, service: { namespace, name }, addresses, ports }] };
}

function readEndpoint(reader: FieldReader, type: AddressType): readonly OutsideAddress[] {
  // A workload of a headless service is called by it.
  const hostname = reader.text("hostname");
  const place = readPlace(reader);
  const addresses = reader.texts("addresses");
  const conditions = reader.inside("conditions");
  // Kubernetes: nil is ready.
  const isReady = conditions.flag("ready") ?? true;
  const isServing = conditions.flag("serving") ?? isReady;
  const isTerminating = conditions.flag("terminating") ?? false;
  const isLeaving = isServing && isTerminating && !isReady;
  const target = reader.inside("targetRef");
  target.accept("kind", "namespace", "uid", "resourceVersion", "apiVersion", "fieldPath");
  const targetName = target.text("name");
  // More than one means the same endpoint; Kubernetes uses the first, too.
  const [address] = addresses;
  if (address === undefined || !isOfType(address, type)) {
    const expected = type === "FQDN" ? "the name of a host" : `an ${type} address`;
    reader.invalidAt(["addresses", 0], address, expected);
    return [];
  }
  if (isLinkLocal(address)) {
    reader.invalidAt(["addresses", 0], address, "an address that is not link-local");
    return [];
  }
  const name = hostname ?? targetName ?? address;
  const resolution = type === "FQDN" ? { resolution: "all" as const } : {};
  const leaving = isLeaving ? { isLeaving: true as const } : {};
  // Names of hosts are compared, addresses stay as they are written.
  const written = type === "FQDN" ? address.toLowerCase() : address;
  return [{ address: written, name, isReady, ...leaving, ...resolution, ...place }];
}

function isOfType(address: string, type: AddressType): boolean {
  if (type === "FQDN") return isIP(address) === 0 && isHostName(address.toLowerCase(), "names");
  return isIP(address) === (type === "IPv6" ? 6 : 4);
}

// Where it runs, and whose callers it is meant for.
function readPlace(reader: FieldReader): Omit<OutsideAddress, "address" | "name" | "isReady"> {
  const labels = reader.textMap("deprecatedTopology");
  const region = labels.get("topology.kubernetes.io/region");
  const zone = reader.text("zone") ?? labels.get("topology.kubernetes.io/zone");
  const subzone = labels.get("topology.istio.io/subzone");
  const node = reader.text("nodeName") ?? labels.get("kubernetes.io/hostname");
  const hints = reader.object("hints");
  const forZones = hints?.list("forZones").flatMap((each) => each.text("name") ?? []);
  // Those of a node are what trafficDistribution says, too.
  hints?.list("forNodes").map((each) => each.text("name"));
  return {
    ...(region !== undefined && { region }),
    ...(zone !== undefined && { zone }),
    ...(subzone !== undefined && { subzone }),
    ...(node !== undefined && { node }),
    ...(forZones && forZones.length > 0 && { forZones }),
  };
}

// `isMade`: by Kubernetes from what pods declare, such as the control plane's own. Nobody wrote it,
// so nobody is told that a port of the mesh is left out.
function readPort(reader: FieldReader, isMade: boolean): readonly OutsidePort[] {
  const name = reader.text("name") ?? "";
  // Where the Service's port doesn't say what is spoken.
  const protocol = reader.has("appProtocol") ? servicePortProtocol(reader, name) : undefined;
  const transport = reader.choice("protocol", ["TCP", "UDP", "SCTP"]) ?? "TCP";
  reader.require("port", "a port number");
  const port = reader.integer("port", 1, 65_535);
  if (port === undefined || transport !== "TCP") return [];
  if (isMeshPort(port)) {
    if (!isMade) reader.invalid("port", NO_MESH_PORT);
    return [];
  }
  return [{ name, port, ...(protocol !== undefined && { protocol }) }];
}
