/** The typed model of a box, and the way from a stack's configuration to it. */
export * from "./model.ts";
export { exposeService, type AppDeclaration, type ParamDeclaration, type ServiceDeclaration } from "./expose.ts";
export {
  declareGatewayRoute,
  declareWebserverRoute,
  type GatewayRouteDeclaration,
  type WebserverRouteDeclaration,
} from "./declareRoute.ts";
export type { BoxDeclaration, SectionDeclaration } from "./declaration.ts";
export { boxOfPart } from "./part.ts";
export { packagesOfDebian } from "./sections/containerRuntime/packages.ts";
export { passwordFaults } from "./sections/containerRuntime/passwords.ts";
export { grafanaPasswordFault, noGrafana } from "./sections/grafana/password.ts";
export { monitoringSecretFaults } from "./sections/monitoring/secrets.ts";
export { gitlabSecretFault, gitlabSecretFaults, type GitLabSecretName } from "./sections/gitlab/secrets.ts";
export {
  consulOf,
  containerRegistryOf,
  containerRuntimeOf,
  controlPlaneOf,
  dnsOf,
  gitlabOf,
  grafanaOf,
  kubeGatewaysOf,
  toolsOf,
  webserversOf,
} from "./sectionOf.ts";
export { readBox } from "./readBox.ts";
export { boxOutput, writtenBox, type WrittenBox } from "./written.ts";
/** @internal */
export { inspectBox, parseBox, type BoxInput, type Inspection } from "./parse.ts";
export { notPlainData } from "./plainData.ts";
export { BoxError, isWithin, stepsOf, type PathStep, type Violation } from "./violations.ts";
export { haproxyOptions, type HaproxyOption, type HaproxyOptionName } from "./haproxyVocabulary.ts";
export { locationDirectives, type LocationDirective } from "./nginxVocabulary.ts";
export { stackFileSchema } from "./jsonSchema.ts";
export { passwordFault } from "./sections/tools/password.ts";
export {
  gitlabSecrets,
  grafanaPassword,
  consulGossipKey,
  monitoringSecrets,
  namespace,
  registryPasswords,
  sectionsOf,
  tlsPrivateKey,
  toolsPassword,
} from "./stackConfiguration.ts";
export { suggestion } from "./nearMiss.ts";
export { isNodePort, nodePortRange, reservedPorts } from "./ports.ts";
