// Writes docs/reference/fields.md from the schemas, the goldens and the lists of decision 010.
//
//   node tools/generate-fields.ts

import { writeFileSync } from "node:fs";
import { accountedFields } from "./fields/accounted-fields.ts";
import { fieldsText } from "./fields/fields-text.ts";
import { readListedFields } from "./fields/listed-fields.ts";

writeFileSync("docs/reference/fields.md", fieldsText(accountedFields(), readListedFields()));
