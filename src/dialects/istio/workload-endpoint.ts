// An endpoint as a WorkloadEntry has it, or one of a ServiceEntry's `endpoints`.

import { isIP } from "node:net";
import type { Labels } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName } from "#ir/host-name.ts";
import type { OutsideAddress } from "#ir/model.ts";
import { isLinkLocal, isMeshPort, NO_MESH_PORT } from "#ir/outside-target.ts";
import { isDnsLabel } from "#ir/read-document.ts";

const TUNNEL = "networking.istio.io/tunnel";
const TLS_MODE = "security.istio.io/tlsMode";

// `resolution`: what is done with host names; undefined: only addresses will do. `outer`: labels
// from elsewhere. Undefined where it can't be dialled, and is reported.
export function readWorkloadEndpoint(
  reader: FieldReader,
  name: string,
  resolution: OutsideAddress["resolution"],
  outer: Labels = new Map(),
): OutsideAddress | undefined {
  const labels = new Map([...outer, ...reader.textMap("labels")]);
  const ports = readPorts(reader);
  const serviceAccount = readAccount(reader);
  reader.unsupported("warning", "every endpoint is called directly", "network");
  reader.unsupported("warning", "endpoints are picked without regard to it", "weight");
  const locality = (reader.text("locality") ?? "").split("/");
  const [region = "", zone = "", subzone = ""] = locality;
  reader.require("address", "an IP address, or a host name where the resolution is DNS");
  const address = reader.text("address");
  if (address === undefined || !isUsable(reader, address, resolution) || !reader.finish()) {
    return undefined;
  }
  const isSpokenTo = serviceAccount !== undefined && labels.get(TLS_MODE) !== "disabled";
  return {
    address: address.toLowerCase(),
    name: name || address,
    isReady: true,
    labels,
    ...(isIP(address) === 0 && { resolution: resolution ?? "all" }),
    ...(ports.size > 0 && { ports }),
    ...(region !== "" && { region }),
    ...(zone !== "" && { zone }),
    ...(subzone !== "" && { subzone }),
    ...(isSpokenTo && { serviceAccount }),
    ...(isSpokenTo && labels.get(TUNNEL) === "http" && { isTunnelled: true as const }),
  };
}

function isUsable(
  reader: FieldReader,
  address: string,
  resolution: OutsideAddress["resolution"],
): boolean {
  if (address.startsWith("unix://")) {
    const message = "Not supported: sockets of a file system, the endpoint is left out";
    reader.report(["address"], { severity: "error", code: "WEFT104", message });
    return false;
  }
  if (isLinkLocal(address)) reader.invalid("address", "an address that is not link-local");
  else if (isIP(address) !== 0) return true;
  else if (resolution === undefined) {
    const remedy = "Set resolution: DNS, or write its address.";
    reader.invalid("address", "an IP address where the resolution is STATIC", remedy);
  } else if (!isHostName(address.toLowerCase(), "names")) {
    reader.invalid("address", "an IP address or a host name");
  } else return true;
  return false;
}

function readPorts(reader: FieldReader): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  const map = reader.object("ports");
  for (const name of map?.names ?? []) {
    const port = map!.integer(name, 1, 65_535);
    if (port !== undefined && isMeshPort(port)) map!.invalid(name, NO_MESH_PORT);
    else if (port !== undefined) ports.set(name, port);
  }
  return ports;
}

function readAccount(reader: FieldReader): string | undefined {
  const account = reader.text("serviceAccount");
  if (account === undefined || account === "") return undefined;
  if (account.length <= 253 && account.split(".").every(isDnsLabel)) return account;
  reader.invalid("serviceAccount", "the name of a ServiceAccount");
  return undefined;
}
