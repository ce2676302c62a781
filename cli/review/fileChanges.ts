/** Every file, package and secret that becomes another one on a host. */
import { differencesOf, type Difference } from "../render/differences.ts";
import type { RenderedFile } from "../render/renderedFiles.ts";
import { runtimePlace, type Content, type HostResource } from "./hostResources.ts";
import { ChangeKind } from "./preview.ts";

/** Texts whose content a review does not show. */
export interface HiddenChange {
  readonly host: string;
  readonly what: string;
  /** Files on the host, whole paths. */
  readonly paths: readonly string[];
  readonly change: ChangeKind;
  /** Why: it is secret, or known only when other resources are made. */
  readonly because: "secret" | "later";
}

/** Packages that a host has from then on, and those that nobody asks for any more; those stay installed. */
export interface PackageChange {
  readonly host: string;
  readonly added: readonly string[];
  readonly noLongerAsked: readonly string[];
}

/** The places of a host's own files. */
const treeOf = (assembly: string): string => `/etc/gatebox/${assembly}`;

/** What changes in files that are no secret, as unified diffs. */
export function fileChangesOf(resources: readonly HostResource[]): Difference[] {
  const changing = resources.filter(({ change }) => change !== ChangeKind.Same);
  const before = changing.flatMap((resource) => filesOf(resource, resource.before));
  const after = changing.flatMap((resource) => filesOf(resource, resource.after));
  return withModes(differencesOf(before, after), before, after);
}

/** The files of a command, before or after. What is not known on one side is not compared. */
function filesOf(resource: HostResource, content: Content | undefined): RenderedFile[] {
  const { host, role } = resource;
  const other = content === resource.before ? resource.after : resource.before;
  if (content === undefined || other?.kind === "secret" || other?.kind === "later") return [];
  if (content.kind === "unit")
    return content.files.map(({ path, mode, text }) => ({ owner: host, path: `${treeOf(content.assembly)}/${path}`, mode, text })); // prettier-ignore
  if (content.kind !== "text" || content.text === "") return [];
  if (role === "HostRuntime") return [{ owner: host, path: runtimePlace, mode: "0755", text: content.text }];
  return [{ owner: host, path: sentAs(content.text, resource), mode: "", text: content.text }];
}

/** What is no file is called by what it is: of one host no two may be called alike. */
function sentAs(text: string, { urn }: HostResource): string {
  const [, repository] = /^gatebox-repository 1\nname (\S+)\n/.exec(text) ?? [];
  return repository === undefined ? `what ${urn.split("::").at(-1) ?? ""} sends` : `apt repository ${repository}`;
}

/** The mode of a file stands above its lines where it is another, or not that of most. */
function withModes(
  differences: readonly Difference[],
  before: readonly RenderedFile[],
  after: readonly RenderedFile[],
): Difference[] {
  const nameOf = (owner: string, path: string): string => `${owner} ${path}`;
  const olds = new Map(before.map(({ owner, path, mode }) => [nameOf(owner, path), mode]));
  const news = new Map(after.map(({ owner, path, mode }) => [nameOf(owner, path), mode]));
  const told = new Set<string>();
  const changed = differences.map((difference) => {
    const name = nameOf(difference.owner, difference.path);
    told.add(name);
    return { ...difference, lines: [...modeLines(olds.get(name), news.get(name)), ...difference.lines] };
  });
  const modeOnly = after
    .filter(({ owner, path, mode }) => {
      const name = nameOf(owner, path);
      return !told.has(name) && olds.has(name) && olds.get(name) !== mode;
    })
    .map(({ owner, path, mode }) => {
      const lines = modeLines(olds.get(nameOf(owner, path)), mode);
      return { owner, path, change: "changed" as const, lines };
    });
  return [...changed, ...modeOnly];
}

function modeLines(before: string | undefined, after: string | undefined): string[] {
  if (after === undefined || after === "" || after === before) return [];
  if (before !== undefined) return [`mode ${before} → ${after}`];
  return after === "0644" ? [] : [`mode ${after}`];
}

/** What changes without being shown. */
export function hiddenChangesOf(resources: readonly HostResource[]): HiddenChange[] {
  return resources.flatMap(({ host, change, assembly, unit, role, before, after, reasons }) => {
    const content = [after, before].find((one) => one?.kind === "secret" || one?.kind === "later");
    if (change === ChangeKind.Same || content === undefined) return [];
    if (change === ChangeKind.Changed && !reasons.includes("stdin")) return [];
    const paths = content.paths.map((path) => (assembly === undefined ? path : `${treeOf(assembly)}/${path}`));
    return [{ host, what: unit ?? role, paths, change, because: content.kind }];
  });
}

/** What changes in the lists of packages. */
export function packageChangesOf(resources: readonly HostResource[]): PackageChange[] {
  const hosts = Map.groupBy(resources, ({ host }) => host);
  return [...hosts].flatMap(([host, own]) => {
    const asked = (side: "before" | "after"): Set<string> =>
      new Set(own.flatMap(({ [side]: content }) => (content?.kind === "packages" ? content.packages : [])));
    const [before, after] = [asked("before"), asked("after")];
    const added = [...after].filter((one) => !before.has(one)).sort();
    const noLongerAsked = [...before].filter((one) => !after.has(one)).sort();
    return added.length + noLongerAsked.length === 0 ? [] : [{ host, added, noLongerAsked }];
  });
}
