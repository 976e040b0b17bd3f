// addresses of a ServiceEntry: what its hosts can be dialled by besides their names.

import { isIP } from "node:net";
import type { FieldReader } from "#ir/field-reader.ts";
import { isLinkLocal } from "#ir/outside-target.ts";

const EXPECTED = 'an address such as "10.0.0.7", or a range such as "10.1.0.0/16"';

export function readAddresses(spec: FieldReader, resolution: string): readonly string[] {
  return spec.texts("addresses").filter((text, i) => {
    const [address = "", bits, ...more] = text.split("/");
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const isRange = bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
    if (family === 0 || more.length > 0 || (bits !== undefined && !isRange)) {
      spec.invalidAt(["addresses", i], text, EXPECTED);
      return false;
    }
    if (isLinkLocal(address)) {
      spec.invalidAt(["addresses", i], text, "an address that is not link-local");
      return false;
    }
    if (bits !== undefined && resolution !== "NONE" && resolution !== "STATIC") {
      const expected = "an address: ranges are for the resolutions NONE and STATIC";
      spec.invalidAt(["addresses", i], text, expected);
      return false;
    }
    return true;
  });
}
