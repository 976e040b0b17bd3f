// ServiceAccount (v1): who a workload is. Its annotation weft.dev/joinable lets `weft run` start
// processes under it.

import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";

const JOINABLE = "weft.dev/joinable";

export function translateServiceAccount(document: Document): Translation {
  return translateFields(document, readServiceAccount);
}

function readServiceAccount(root: FieldReader, document: Document) {
  const { namespace, name, origin, annotations } = document;
  // Kubernetes' own business.
  root.accept("automountServiceAccountToken", "imagePullSecrets", "secrets");
  const said = annotations.get(JOINABLE);
  if (said !== undefined && said !== "true" && said !== "false") {
    const path = ["metadata", "annotations", JOINABLE];
    root.invalidAt(path, said, '"true" or "false"');
  }
  return { serviceAccounts: [{ namespace, name, origin, joinable: said === "true" }] };
}
