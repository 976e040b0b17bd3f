// tls[] and tcp[] of a VirtualService: where connections go, by what can be known of them. The
// first rule that matches takes a connection.

import { isIP } from "node:net";
import type { FieldReader } from "#ir/field-reader.ts";
import { isHostName, matchesHost } from "#ir/host-name.ts";
import type { RouteMatch, RouteRule } from "#ir/route.ts";
import { readDestinations } from "./destination.ts";
import { NO_REQUEST } from "./string-match.ts";

export type ConnectionContext = { readonly namespace: string; readonly hosts: readonly string[] };

export function readConnectionRules(
  spec: FieldReader,
  layer: "tcp" | "tls",
  context: ConnectionContext,
): readonly RouteRule[] {
  return spec.list(layer).flatMap((reader, index) => {
    if (!reader.isSound) return [];
    const readers = reader.list("match");
    const matches = readers.flatMap((each) => readMatch(each, layer, context) ?? []);
    const backends = readDestinations(reader, context.namespace, "connections");
    if (backends.length === 0 && reader.isSound) reader.invalid("route", "a list of destinations");
    if (layer === "tls" && readers.length === 0) reader.require("match", "a list with sniHosts");
    // No match could be honoured, so it takes nothing. (An empty list would take everything.)
    if (matches.length === 0 && (readers.length > 0 || layer === "tls")) return [];
    return [{ name: "", index, origin: reader.origin, matches, backends }];
  });
}

function readMatch(
  reader: FieldReader,
  layer: "tcp" | "tls",
  context: ConnectionContext,
): RouteMatch | undefined {
  const serverNames = layer === "tls" ? readServerNames(reader, context.hosts) : [];
  const subnets = readSubnets(reader);
  const port = reader.integer("port", 1, 65_535);
  const namespace = reader.text("sourceNamespace");
  const labels = reader.textMap("sourceLabels");
  if (layer === "tcp") {
    reader.unsupported("error", `callers have no address here, ${NO_REQUEST}`, "sourceSubnet");
  }
  const gateways = reader.texts("gateways");
  if (reader.has("gateways") && !gateways.includes("mesh")) {
    reader.unsupported("error", `gateways come later, ${NO_REQUEST}`, "gateways");
  }
  if (!reader.finish()) return undefined;
  return {
    ...{ path: undefined, method: undefined, authority: undefined, headers: [], query: [], port },
    ...(serverNames.length > 0 && { serverNames }),
    ...(subnets.length > 0 && { subnets }),
    ...((namespace !== undefined || labels.size > 0) && { callers: { namespace, labels } }),
  };
}

function readServerNames(reader: FieldReader, hosts: readonly string[]): readonly string[] {
  reader.require("sniHosts", "a list of server names");
  return reader.texts("sniHosts").flatMap((text, i) => {
    const name = text.toLowerCase();
    const isInside = hosts.some((host) => matchesHost(host.toLowerCase(), name));
    if (!isHostName(name, "patterns")) {
      reader.invalidAt(["sniHosts", i], text, 'a server name, or one such as "*.example.com"');
    } else if (!isInside) {
      reader.invalidAt(["sniHosts", i], text, "one of the object's hosts, or within one");
    } else return [name];
    return [];
  });
}

function readSubnets(reader: FieldReader): readonly string[] {
  return reader.texts("destinationSubnets").filter((text, i) => {
    const [address = "", bits, ...more] = text.split("/");
    const most = isIP(address) === 4 ? 32 : 128;
    const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
    if (isIP(address) !== 0 && isRange && more.length === 0) return true;
    reader.invalidAt(["destinationSubnets", i], text, 'an address, or a range as "10.0.0.0/8"');
    return false;
  });
}
