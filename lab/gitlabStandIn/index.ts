/**
 * A package named as GitLab's that is none: GitLab itself can be had from its vendor alone. It has the edge that a box touches, which
 * is `gitlab-ctl`, a gitlab.rb that is read by Ruby, one systemd unit, and a program that answers /-/readiness.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { makePackage } from "../aptRepository/index.ts";

/** The files of the stand-in, and where they go. */
const places: Readonly<Record<string, string>> = {
  "gitlab-ctl.sh": "opt/gitlab/bin/gitlab-ctl",
  "gitlab-backup.sh": "opt/gitlab/bin/gitlab-backup",
  "read.rb": "opt/gitlab/stand-in/read.rb",
  "value.rb": "opt/gitlab/stand-in/value.rb",
  "serve.rb": "opt/gitlab/stand-in/serve.rb",
  "gitlab.rb.template": "opt/gitlab/etc/gitlab.rb.template",
  "gitlab-runsvdir.service": "lib/systemd/system/gitlab-runsvdir.service",
};

/**
 * Makes the package of the stand-in.
 *
 * @param directory that it is made in
 * @returns the path of the package
 * @throws Error in dpkg-deb's words.
 */
export async function gitlabStandIn(directory: string): Promise<string> {
  const own = (name: string): string => path.join(import.meta.dirname, name);
  return makePackage(directory, {
    name: "gitlab-ce",
    version: "0.0.0",
    depends: "ruby",
    description: "STAND-IN for GitLab, which it is not",
    files: Object.entries(places).map(([name, place]) => ({
      place,
      file: own(name),
      mode: name.endsWith(".sh") ? 0o755 : 0o644,
    })),
    scripts: { postinst: await readFile(own("postinst.sh"), "utf8") },
  });
}
