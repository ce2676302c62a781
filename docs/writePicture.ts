import { writeFileSync } from "node:fs";
import { pictureFile, requestPicture } from "./requestPicture.ts";

/** `npm run picture`: draws the README's picture anew. */
writeFileSync(pictureFile, requestPicture());
