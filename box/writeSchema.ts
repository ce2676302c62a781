import { writeFileSync } from "node:fs";
import { stackFileSchema } from "./jsonSchema.ts";

/** `npm run schema`: writes the JSON Schema of stack files beside them. */
const file = new URL("../Pulumi.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(stackFileSchema(), null, 2)}\n`);
