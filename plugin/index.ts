/** What Pulumi offers to programs in other languages: components with flat arguments, over those of the package. */
export { ExposedService } from "./ExposedService";
