/** The typed model of a box, and the way from a stack's configuration to it. */
export * from "./model.ts";
export { exposeService, type AppDeclaration, type ParamDeclaration, type ServiceDeclaration } from "./expose.ts";
export { readBox } from "./readBox.ts";
export { writtenBox, type WrittenBox } from "./written.ts";
export { parseBox, type BoxInput } from "./parse.ts";
export { BoxError, type Violation } from "./violations.ts";
export { haproxyOptions, type HaproxyOption, type HaproxyOptionName } from "./haproxyVocabulary.ts";
export { locationDirectives, type LocationDirective } from "./nginxVocabulary.ts";
export { stackFileSchema } from "./jsonSchema.ts";
export { suggestion } from "./nearMiss.ts";
export { isNodePort, nodePortRange, reservedPorts } from "./ports.ts";
