import assert from "node:assert/strict";
import { join } from "node:path";
import type { Box } from "../../box/index.ts";
import { trustedPools } from "../../render/gluster/trustedPools.ts";
import { glusterVolumesAssembly, options } from "../../render/glusterVolumes/index.ts";
import { registry } from "../../render/registry.ts";
import { script } from "../../render/script.ts";
import { parseProtobox } from "../box/parsing.ts";
import { Sandbox, type Outcome } from "./sandbox/sandbox.ts";

const brick = (host: number, volume = "files"): string => `192.168.2.${host}:/srv/gatebox/bricks/${volume}/brick`;
const disk = (host: number) => ({ host: `gateway-${host - 10}`, device: "/dev/vdb" });
/** `gluster peer status --xml`, where the first of them goes by its host's name beside its address. */
const peerStatus = (peers: readonly number[]): string => {
  const names = (one: number, index: number) => [...(index === 0 ? [`gateway-${one - 10}`] : []), `192.168.2.${one}`];
  const hostnames = (all: readonly string[]) => all.map((name) => `<hostname>${name}</hostname>`).join("\n");
  const peer = (one: number, index: number) => `<peer>\n<uuid>${one}</uuid>\n<hostname>${names(one, index)[0]}</hostname>\n<hostnames>${hostnames(names(one, index))}</hostnames>\n<connected>1</connected>\n<state>3</state>\n<stateStr>Peer in Cluster</stateStr>\n</peer>`; // prettier-ignore
  return `<cliOutput><peerStatus>\n${peers.map(peer).join("\n")}</peerStatus></cliOutput>`;
};
const generations = "/var/lib/gatebox/gluster-volumes/generations";

/** Volumes of one set each: the last host of three has the arbiter, unless all have copies. */
function declared(hosts: readonly number[], arbiter = true, name = "files"): Box {
  const data = hosts.slice(0, arbiter ? 2 : 3).map(disk);
  const set = arbiter ? { data, arbiter: disk(hosts[2]!) } : { data };
  return parseProtobox({ sharedVolumes: { [name]: { kind: "gluster", network: "gateway-network", replicaSets: [set] } } }); // prettier-ignore
}

/** What GlusterFS is like. */
interface State {
  readonly hosts?: readonly number[];
  readonly form?: string;
  /** Hosts that the status names, and whether their brick is online; undefined where there is no answer. */
  readonly status?: Readonly<Record<number, boolean>> | undefined;
  readonly unhealed?: readonly (number | "-")[];
  readonly marks?: Readonly<Record<string, string>>;
  readonly openFiles?: boolean;
  /** The hosts that it was last set for. */
  readonly setFor?: readonly number[];
}

/** The guards of volumes, with a GlusterFS that answers what a test says. What real servers answer is in glusterVolumes.root.test.ts. */
describe("render: the guards of volumes of GlusterFS", function () {
  this.timeout(60_000);
  let host: Sandbox;
  let made = 0;
  before(async () => {
    host = await Sandbox.make([]);
    well(host.run(`mkdir -p /run/fake /run/bin && cp ${join(import.meta.dirname, "sandbox/fake-gluster.sh")} /run/bin/gluster && chmod 755 /run/bin/gluster`)); // prettier-ignore
  });
  after(() => host.remove());
  beforeEach(() => void host.run("rm -rf /run/fake/* /run/gatebox/gluster /var/lib/glusterd/vols/*"));

  const well = ({ code, stdout, stderr }: Outcome): void => assert.deepEqual([code, stdout, stderr], [0, "", ""]);
  const refused = ({ code, stderr }: Outcome, why: RegExp): void => {
    assert.equal(code, 1, stderr);
    assert.match(stderr, why);
  };
  const write = (file: string, text: string): void => well(host.run(`cat >'${file}' <<'END'\n${text}\nEND`));
  const told = (): string[] => host.run("cat /run/fake/told 2>/dev/null").stdout.split("\n").filter((line) => line !== ""); // prettier-ignore

  /** Has GlusterFS be so; by default as gateways 1 to 3 are declared, with nothing to heal. */
  function is({
    hosts = [11, 12, 13],
    form = "(2 + 1)",
    marks = {},
    unhealed = [0, 0, 0],
    openFiles,
    setFor = hosts,
    ...rest
  }: State): void {
    const status = "status" in rest ? rest.status : Object.fromEntries(hosts.map((one) => [one, true]));
    const box = declared(setFor);
    const [pool] = trustedPools(box);
    const set = { ...options(pool!, pool!.volumes[0]!), ...marks };
    const bricks = hosts.map((one, index) => `Brick${index + 1}: ${brick(one)}`);
    const info = ["Volume Name: files", "Status: Started", `Number of Bricks: 1 x ${form} = 3`, "Bricks:", ...bricks];
    write("/run/fake/volume-info-files", [...info, ...Object.entries(set).map(([key, value]) => `${key}: ${value}`)].join("\n")); // prettier-ignore
    const nodes = Object.entries(status ?? {}).map(([one, online]) => `<node>\n<hostname>192.168.2.${one}</hostname>\n<path>/srv/gatebox/bricks/files/brick</path>\n<status>${online ? 1 : 0}</status>\n</node>`); // prettier-ignore
    write(
      "/run/fake/volume-status-files",
      status === undefined ? "" : `<opRet>0</opRet>\n<volName>files</volName>\n${nodes.join("\n")}`,
    );
    write("/run/fake/volume-heal-files-statistics-heal-count", unhealed.map((count, index) => `Brick ${brick(hosts[index]!)}\nNumber of entries: ${count}\n`).join("\n")); // prettier-ignore
    write("/run/fake/volume-status-files-fd", openFiles ? "RefCount = 1\nFD Entry            PID" : "No open fds");
    write("/run/fake/pool-list", "UUID Hostname State");
    write("/run/fake/peer-status", peerStatus([11, 12, 13, 14]));
  }

  /** Puts the tree of a box on the host, and makes it the live one. Returns its generation. */
  function tree(box: Box, server = "gateway-1"): number {
    made += 1;
    well(host.apply("gluster-volumes", glusterVolumesAssembly.files(box, box.hosts[server]!, registry), []));
    return made;
  }

  function step(name: string, generation: number, previous?: number, seconds = 6): Outcome {
    const place = `${generations}/${generation}`;
    const before = previous === undefined ? "" : `${generations}/${previous}`;
    const variables = `TREE=${place} CURRENT=/etc/gatebox/gluster-volumes PREVIOUS='${before}' PATH=/run/bin:$PATH`;
    return host.run(`cd ${place} && ${variables} timeout ${seconds} sh -eu lifecycle/${name}`);
  }
  const live = (generation: number): void => well(host.run(`ln -sfn ${generations}/${generation} /etc/gatebox/gluster-volumes`)); // prettier-ignore

  describe("a brick that is declared anew", () => {
    it("takes the place of one that is there once nothing is left to heal, on all of them", () => {
      const moved = tree(declared([11, 12, 14]));
      is({});
      well(step("check", moved));
      for (const unhealed of [
        [0, 1, 0],
        [0, 0, "-"],
      ] as const) {
        is({ unhealed });
        refused(step("check", moved), /192\.168\.2\.13:.* is declared anew while there is something to heal/);
      }
    });

    it("is refused while GlusterFS does not say who is online, and what it does not name is not", () => {
      const moved = tree(declared([11, 12, 14]));
      is({ status: undefined });
      refused(step("check", moved), /GlusterFS does not say which bricks are online/);
      is({ status: { 11: true, 13: true } });
      refused(step("check", moved), /is declared anew while 192\.168\.2\.12:.* is not online: bring that back first/);
    });

    it("takes the place of a lost one only where no other of the set waits to be seen whole", () => {
      const moved = tree(declared([11, 12, 14]));
      const lost = { status: { 11: true, 12: true }, unhealed: [3, 3, "-"] as const };
      const mark = `${brick(12)}@1700000000`;
      is(lost);
      well(step("check", moved));
      for (const healing of [mark, `${mark}:begun`]) {
        is({
          ...lost,
          marks: { "user.gatebox-healing-1": healing, "user.gatebox-healed-1": `${brick(12)}@1600000000` },
        });
        refused(
          step("check", moved),
          /192\.168\.2\.12:\S* of the same set has not been seen whole since it was put in/,
        );
      }
      is({ ...lost, marks: { "user.gatebox-healing-1": mark, "user.gatebox-healed-1": mark } });
      well(step("check", moved));
      is({ ...lost, marks: { "user.gatebox-healing-2": mark } });
      well(step("check", moved));
    });

    it("takes the place of a lost one where a replacement was cut off before it was made", () => {
      is({ status: { 11: true, 12: true }, marks: { "user.gatebox-healing-1": `${brick(14)}@1700000000:begun` } });
      well(step("check", tree(declared([11, 12, 14]))));
      well(step("check", tree(declared([11, 12, 15]))));
    });

    it("takes no place while files are on it, though it was a brick of the very volume once", () => {
      const moved = tree(declared([11, 12, 14]));
      is({});
      write("/run/fake/bricks", `volume 0123 files\nbrick ${brick(14)} files 0123`);
      for (const name of ["check", "activate"])
        refused(step(name, moved), /^192\.168\.2\.14:\S+ is to be a new brick of the volume files, and has files, of the volume files, which /); // prettier-ignore
      write("/run/fake/bricks", `volume 0123 files\nbrick ${brick(14)} marked 0123`);
      for (const name of ["check", "activate"]) well(step(name, moved));
      is({});
      write("/run/fake/bricks", "volume 0123 files");
      well(step("check", moved));
      refused(step("activate", moved, undefined, 20), /^192\.168\.2\.14 does not say what is on the new brick/);
      assert.equal(told().filter((line) => line.includes("replace-brick")).length, 1);
    });

    it("leaves a mark before and after, for whoever comes next", () => {
      is({});
      well(step("activate", tree(declared([11, 12, 14]))));
      const [begun, replaced, done] = told().filter((line) => /healing|replace-brick/.test(line));
      assert.match(begun!, /^volume-set-files-user\.gatebox-healing-1-192\.168\.2\.14:\S+@\d+:begun$/);
      assert.equal(replaced, `volume-replace-brick-files-${brick(13)}-${brick(14)}-commit-force`);
      assert.equal(`${done}:begun`, begun);
    });

    it("is noted as whole by the timer's script once it is, and not before", () => {
      const mark = `${brick(14)}@1700000000`;
      const healed = `volume-set-files-user.gatebox-healed-1-${mark}`;
      well(host.run("mkdir -p /var/lib/glusterd/vols/files"));
      for (const [known, unhealed, wanted] of [
        [`user.gatebox-healing-1=${mark}`, [0, 0, 0], [healed]],
        [`user.gatebox-healing-1=${mark}`, [0, 2, 0], []],
        [`user.gatebox-healing-1=${mark}`, [0, 0, "-"], []],
        [`user.gatebox-healing-1=${mark}:begun`, [0, 0, 0], []],
        [`user.gatebox-healing-1=${mark}\nuser.gatebox-healed-1=${mark}`, [0, 0, 0], []],
        ["user.other=1", [0, 0, 0], []],
      ] as const) {
        well(host.run("rm -f /run/fake/told"));
        is({ unhealed });
        write("/var/lib/glusterd/vols/files/info", known);
        write("/run/healed.sh", script(join(import.meta.dirname, "../../render/gluster"), "healed.sh"));
        well(host.run("PATH=/run/bin:$PATH sh /run/healed.sh"));
        assert.deepEqual(told(), wanted, `${known}: ${String(unhealed)}`);
      }
    });
  });

  it("refuse an arbiter where there is a copy, and a copy where there is an arbiter", () => {
    const arbiter = tree(declared([11, 12, 13]));
    const copies = tree(declared([11, 12, 13], false));
    is({});
    well(step("check", arbiter));
    refused(step("check", copies), /has sets of \(2 \+ 1\) bricks, and 3 are declared .*declare a new volume/);
    is({ form: "3" });
    well(step("check", copies));
    refused(step("check", arbiter), /has sets of 3 bricks, and \(2 \+ 1\) are declared/);
  });

  it("leave everything to a server that is in the pool, where this one is in none", () => {
    const moved = tree(declared([14, 12, 13]), "gateway-4");
    is({ status: undefined, form: "3" });
    write(
      "/run/fake/at-192.168.2.13-pool-list",
      "UUID Hostname State\none 192.168.2.12 Connected\ntwo localhost Connected",
    );
    for (const name of ["check", "activate", "probe"]) well(step(name, moved));
    assert.deepEqual(told(), []);
    write("/run/fake/at-192.168.2.13-pool-list", "UUID Hostname State\ntwo localhost Connected");
    refused(step("check", moved), /has sets of/);
  });

  it("replace nothing on the way back, and go back with the bricks that there are", () => {
    const [earlier, later] = [tree(declared([11, 12, 13])), tree(declared([11, 12, 14]))];
    is({ hosts: [11, 12, 14], setFor: [11, 12, 13] });
    live(earlier);
    well(step("activate", earlier, later));
    assert.deepEqual(
      told().filter((line) => line.includes("brick")),
      [],
    );
    well(step("probe", earlier, later));
    live(later);
    is({});
    well(step("activate", later, earlier));
    assert.equal(told().filter((line) => line.includes("replace-brick")).length, 1);
  });

  it("do not ask of a repair that what was lost before is back, and do ask it of all others", () => {
    const generation = tree(declared([11, 12, 13]));
    is({ status: { 11: true, 12: true, 13: false } });
    well(step("activate", generation));
    well(step("probe", generation));
    is({ status: { 11: true, 12: false, 13: false } });
    assert.notEqual(step("probe", generation).code, 0);
  });

  it("stop no volume whose files are open, and none that does not say", () => {
    tree(declared([11, 12, 13]));
    const without = `${generations}/without`;
    well(host.run(`cp -a ${generations}/${made} ${without} && sed -i '/ files/d' ${without}/volumes.list`));
    const check = (): Outcome => host.run(`cd ${without} && TREE=${without} CURRENT=/etc/gatebox/gluster-volumes PREVIOUS='' PATH=/run/bin:$PATH timeout 20 sh -eu lifecycle/check`); // prettier-ignore
    is({});
    well(check());
    is({ openFiles: true });
    refused(check(), /the volume files is no longer declared, and files of it are open/);
    well(host.run("rm /run/fake/volume-status-files-fd"));
    refused(check(), /or GlusterFS does not say/);
  });
});
