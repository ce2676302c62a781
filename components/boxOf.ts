import * as pulumi from "@pulumi/pulumi";
import { BoxError, boxOfPart, isWithin, type Box, type BoxDeclaration, type SectionDeclaration } from "../box/index.ts";
import { checkedBox } from "./checkedBox.ts";

/**
 * What a component is made from where no box is described apart: its hosts and networks, and the keys of its section beside
 * them. All of `hosts` are its own; `pools` are for others that a route leads to.
 */
export type Standalone<Section> = Omit<BoxDeclaration, "pools" | "kubeGateways" | "webservers" | "services"> &
  Partial<Pick<BoxDeclaration, "pools">> &
  Omit<Section, "pool" | "name">;

/** The same of a section that names several pools. */
export type StandaloneOf<Name extends "containerRuntime"> = Omit<Standalone<unknown>, never> &
  Omit<SectionDeclaration<Name>, "pools">;

/** A section of a stack file, by whose keys a component can be described alone. */
export type OneSection = "kubeGateways" | "webservers";

/** A component's argument: a whole box, the section that a box has, or that section with its hosts and networks. */
export type PartArgs<Name extends OneSection> =
  { readonly box: Box } | NonNullable<Box[Name]> | Standalone<SectionDeclaration<Name>>;

/**
 * The box that a component is made on: the one that is given, the one that the given section belongs to, or one of the
 * component alone. Its pool then has the component's name, and so has the box.
 *
 * @throws pulumi.RunError with all violations at once.
 */
export function boxOf(name: string, section: OneSection, args: object): Box {
  return wholeBoxOf(args) ?? standaloneBox(name, section, args, (own) => ({ [section]: { ...own, pool: name } }));
}

/** The box that is given, or that the given section is of; undefined for one that is described apart. */
export function wholeBoxOf(args: object): Box | undefined {
  return "box" in args ? (args.box as Box) : boxOfPart(args);
}

/** Keys of a box that stand beside the component's own. */
const shared: readonly string[] = ["networks", "hosts", "connection", "pools", "rollout", "apps", "limits", "virtualIps"]; // prettier-ignore
const alsoShared: readonly string[] = [
  "natGateways",
  "hostNetworks",
  "firewall",
  "aptRepositories",
  "monitoring",
  "containerRuntime",
  "registry",
  "controlPlane",
  "consul",
  "sharedVolumes",
  "tools",
  "grafana",
  "dns",
];

/**
 * A box of one component.
 *
 * @param section that the component's own keys are of: violations are told by the keys that were written.
 * @param place puts the component's own keys into sections.
 */
export function standaloneBox(
  name: string,
  section: string,
  args: object,
  place: (own: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): Box {
  const isShared = (key: string): boolean => shared.includes(key) || (alsoShared.includes(key) && key !== section);
  const parts = (wanted: boolean) =>
    Object.fromEntries(Object.entries(args).filter(([key]) => isShared(key) === wanted));
  const { hosts = {}, pools = {}, ...rest } = parts(true) as Record<string, object>;
  if (!("hosts" in args)) throw new pulumi.RunError(notABox(name));
  const sections = { ...rest, hosts, pools: { ...pools, [name]: Object.keys(hosts) }, ...place(parts(false)) };
  try {
    return checkedBox({ name, values: sections });
  } catch (error) {
    if (!(error instanceof BoxError)) throw error;
    const violations = error.violations.map(({ path, message }) => ({ path: within(path, section), message }));
    throw new pulumi.RunError(new BoxError(`"${name}"`, violations).message);
  }
}

/** The path of a violation by the keys that were written. */
function within(path: string, section: string): string {
  return path !== section && isWithin(path, section) ? path.slice(section.length).replace(/^\./, "") : path;
}

function notABox(name: string): string {
  return (
    `"${name}" was given neither a box, nor a section of one, nor hosts: write { box }, or a section as the box has it ` +
    `(box.kubeGateways, say, and no copy of it), or { networks, hosts, connection } and the component's own keys`
  );
}
