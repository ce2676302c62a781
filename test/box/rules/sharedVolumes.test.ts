import assert from "node:assert/strict";
import fc from "fast-check";
import { mountPointFault } from "../../../box/sections/sharedVolumes/places.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { describeViolations } from "../violations.ts";
import { gatewayShared, natShared, sharedVolumes, webShared } from "../sharedVolumes.ts";

const volumes = (changes: Readonly<Record<string, unknown>>) => ({ sharedVolumes: { ...sharedVolumes, ...changes } });
const data = (...hosts: readonly string[]) => hosts.map((host) => ({ host, device: "/dev/vdd" }));

describeViolations("shared volumes", [
  {
    breaks: "two copies without an arbiter",
    changes: volumes({ "nat-shared": { ...natShared, replicaSets: [{ data: data("gateway-4", "gateway-5") }] } }),
    says: [
      "sharedVolumes.nat-shared.replicaSets[0].data: has two copies and no third vote, so that a cut between them stops both or parts them: add an arbiter, or a third copy",
    ],
  },
  {
    breaks: "four copies, one copy, and an arbiter beside three",
    changes: volumes({
      "web-shared": {
        ...webShared,
        mountPoint: "/storage/web",
        replicaSets: [
          { data: data("webserver-1", "webserver-2", "gateway-1", "gateway-3") },
          { data: data("gateway-2") },
        ],
      },
      "nat-shared": {
        ...natShared,
        mountPoint: "/storage/nat",
        replicaSets: [
          {
            data: [{ host: "gateway-1", device: "/dev/vde" }, ...data("gateway-4", "gateway-5")],
            arbiter: { host: "gateway-3", device: "/dev/vde" },
          },
        ],
      },
    }),
    says: [
      "sharedVolumes.nat-shared.replicaSets[0].data: has 3 copies beside an arbiter: write two",
      "sharedVolumes.web-shared.replicaSets[0].data: has 4 copies: write three, or two and an arbiter",
      "sharedVolumes.web-shared.replicaSets[1].data: has 1 copy: write three, or two and an arbiter",
    ],
  },
  {
    breaks: "an arbiter that holds a copy",
    changes: volumes({
      "nat-shared": {
        ...natShared,
        replicaSets: [{ data: data("gateway-4", "gateway-5"), arbiter: { host: "gateway-5", device: "/dev/vde" } }],
      },
    }),
    says: [
      'sharedVolumes.nat-shared.replicaSets[0].arbiter.host: "gateway-5" holds a copy of nat-shared (sharedVolumes.nat-shared.replicaSets[0].data[1]), and its vote would go with it: name another host as arbiter',
    ],
  },
  {
    breaks: "one host twice, in one set and in two",
    changes: volumes({
      "gateway-shared": {
        ...gatewayShared,
        replicaSets: [
          { data: [...data("gateway-1", "gateway-2"), { host: "gateway-1", device: "/dev/vde" }] },
          { data: [{ host: "gateway-2", device: "/dev/vde" }, ...data("webserver-1", "webserver-2")] },
        ],
        mountPoint: "/storage/gateway",
      },
    }),
    says: [
      'sharedVolumes.gateway-shared.replicaSets[0].data[2].host: "gateway-1" has a brick of gateway-shared already (sharedVolumes.gateway-shared.replicaSets[0].data[0]): copies on one host are lost together, name another',
      'sharedVolumes.gateway-shared.replicaSets[1].data[0].host: "gateway-2" has a brick of gateway-shared already (sharedVolumes.gateway-shared.replicaSets[0].data[1]): copies on one host are lost together, name another',
    ],
  },
  {
    breaks: "a device that another volume names",
    changes: volumes({
      "nat-shared": {
        ...natShared,
        replicaSets: [{ ...natShared.replicaSets[0], arbiter: { host: "gateway-3", device: "/dev/vdb" } }],
      },
    }),
    says: [
      'sharedVolumes.nat-shared.replicaSets[0].arbiter.device: "/dev/vdb" of gateway-3 is the device of sharedVolumes.gateway-shared.replicaSets[0].data[2] already: each brick has one of its own',
    ],
  },
  {
    breaks: "a brick without a device where none is allowed",
    changes: volumes({ "gateway-shared": { ...gatewayShared, replicaSets: [{ data: [{ host: "gateway-1" }, ...data("gateway-2", "gateway-3")] }] } }), // prettier-ignore
    says: [
      'sharedVolumes.gateway-shared.replicaSets[0].data[0].device: is missing: name an empty block device of gateway-1, or write "allowOnRootFilesystem: true" for a trial',
    ],
  },
  {
    breaks: "sets of two forms",
    changes: volumes({
      "gateway-shared": {
        ...gatewayShared,
        replicaSets: [
          ...gatewayShared.replicaSets,
          { data: data("gateway-4", "gateway-5"), arbiter: data("webserver-1")[0] },
        ],
        mountPoint: "/storage/gateway",
      },
    }),
    says: [
      "sharedVolumes.gateway-shared.replicaSets[1]: has an arbiter, and the first set of gateway-shared has none: GlusterFS has one form for all sets of a volume",
    ],
  },
  {
    breaks: "mount points that are relative, the root, the system's, and over what is there",
    changes: volumes({
      "gateway-shared": { ...gatewayShared, mountPoint: "storage/shared" },
      "nat-shared": { ...natShared, mountPoint: "/etc/gitlab" },
      "web-shared": { ...webShared, mountPoint: "/var/lib" },
      other: { kind: "nfs", clients: ["nodes-pool"], server: "192.168.1.7", export: "/srv/x", mountPoint: "/" },
    }),
    says: [
      'sharedVolumes.gateway-shared.mountPoint: "storage/shared" is not a mount point: write an absolute path of letters, digits, "_" and ".", such as /storage/shared',
      'sharedVolumes.other.mountPoint: "/" is not a mount point: write an absolute path of letters, digits, "_" and ".", such as /storage/shared',
      "sharedVolumes.nat-shared.mountPoint: /etc/gitlab lies in /etc, which is the system's: write another, such as /storage/shared",
      "sharedVolumes.web-shared.mountPoint: /var/lib has files of the system in it, which a mount would hide: write another, such as /storage/shared",
    ],
  },
  {
    breaks: "mount points in each other on one host",
    changes: volumes({
      "nat-shared": { ...natShared, clients: ["kube-gateway-pool"], mountPoint: "/storage" },
    }),
    says: [
      "sharedVolumes.nat-shared.mountPoint: /storage would be in, or around, /storage/shared, where gateway-1 mounts gateway-shared: write another mount point",
    ],
  },
  {
    breaks: "one mount point twice on one host",
    changes: volumes({ other: { kind: "nfs", clients: ["webservers-pool"], server: "192.168.2.9", export: "/srv/x" } }),
    says: [
      "sharedVolumes.other.mountPoint: /storage/shared is /storage/shared, where webserver-1 mounts web-shared: write another mount point",
    ],
  },
  {
    breaks: "a local directory in another volume of a host",
    changes: volumes({
      own: {
        kind: "local",
        clients: ["webservers-pool"],
        directory: "/storage/shared/own",
        mountPoint: "/storage/own",
      },
    }),
    says: [
      "sharedVolumes.own.directory: /storage/shared/own lies in /storage/shared, where webserver-1 mounts web-shared: it would be made before that is mounted, and hidden by it; write another directory",
    ],
  },
  {
    breaks: "a network that a host of the volume, or of a client, is not on",
    changes: volumes({ "web-shared": { ...webShared, clients: ["nodes-pool"] } }),
    says: [
      "hosts.node-1.addresses.gateway-network: is missing: node-1 is of the shared volume web-shared, which is on that network; give it an address there, or name another host",
      "hosts.node-2.addresses.gateway-network: is missing: node-2 is of the shared volume web-shared, which is on that network; give it an address there, or name another host",
    ],
  },
  {
    breaks: "volumes of one trusted pool on two networks",
    changes: volumes({ "nat-shared": { ...natShared, network: "box-network" } }),
    says: [
      'sharedVolumes.nat-shared.network: "box-network", and gateway-3 has a brick of gateway-shared too, which is on gateway-network: a host\'s bricks are reached on one network',
      'sharedVolumes.web-shared.network: "gateway-network", and gateway-4 has a brick of nat-shared too, which is on box-network: a host\'s bricks are reached on one network',
    ],
  },
  {
    breaks: "unknown kinds, names and keys of other vocabularies",
    changes: {
      sharedVolumes: {
        one: { kind: "ceph" },
        two: { ...gatewayShared, network: "gateway-netwrok", replica: 3, clients: ["kube-gatway-pool"] },
        three: { kind: "nfs", clients: [], server: "nfs.example", export: "srv" },
        four: { kind: "local", clients: ["nodes-pool"], directory: "/storage", mountPoint: "/storage/shared" },
      },
    },
    says: [
      'sharedVolumes.one.kind: "ceph" is not a kind of volume: write gluster, nfs or local',
      'sharedVolumes.two.replica: unknown key "replica": write replicaSets: each names the hosts that hold its copies under data',
      "sharedVolumes.three.clients: [] is empty, and it would be mounted nowhere: name the pools whose hosts mount it",
      'sharedVolumes.three.server: "nfs.example" is not an IPv4 address such as 192.168.2.11',
      'sharedVolumes.three.export: "srv" is not an export such as /srv/shared',
      'sharedVolumes.two.clients[0]: unknown pool "kube-gatway-pool" (did you mean "kube-gateway-pool"?)',
      'sharedVolumes.two.network: unknown network "gateway-netwrok" (did you mean "gateway-network"?)',
      "sharedVolumes.four.directory: /storage and the mount point /storage/shared lie in each other: write another directory",
    ],
  },
]);

describe("a box's shared volumes", () => {
  it("are none unless the stack has some", () => {
    assert.deepEqual(parseProtobox().sharedVolumes, {});
  });

  it("are sound as the Protobox' documents draw them, and mounted on the hosts of copies and clients, not on arbiters", () => {
    const box = parseProtobox({ sharedVolumes: { ...sharedVolumes, "web-shared": { ...webShared, clients: [] } } });
    const mountedOn = Object.values(box.sharedVolumes).map(({ name, mountedOn }) => [name, mountedOn]);
    assert.deepEqual(mountedOn, [
      ["gateway-shared", ["gateway-1", "gateway-2", "gateway-3"]],
      ["nat-shared", ["gateway-4", "gateway-5"]],
      ["web-shared", ["webserver-1", "webserver-2"]],
    ]);
    const withClients = parseProtobox({ sharedVolumes: { "web-shared": { ...webShared, clients: ["nat-gateway-pool"] } } }); // prettier-ignore
    const wanted = ["webserver-1", "webserver-2", "gateway-4", "gateway-5"];
    assert.deepEqual(withClients.sharedVolumes["web-shared"]?.mountedOn, wanted);
  });

  it("warn once of GlusterFS' maintenance, and for each volume of bricks on the root file system", () => {
    const onRoot = { ...gatewayShared, allowOnRootFilesystem: true, replicaSets: [{ data: ["gateway-1", "gateway-2", "gateway-3"].map((host) => ({ host })) }] }; // prettier-ignore
    const { warnings } = parseProtobox(volumes({ "gateway-shared": onRoot }));
    const said = warnings.filter((warning) => warning.startsWith("sharedVolumes"));
    assert.equal(said.length, 2, said.join("\n"));
    assert.match(said[0]!, /^sharedVolumes: GlusterFS is maintained slowly.*10\.3/);
    assert.match(said[1]!, /^sharedVolumes\.gateway-shared\.allowOnRootFilesystem: gateway-1, gateway-2, gateway-3: .*for trials only$/); // prettier-ignore
    const { warnings: withoutGluster } = parseProtobox({
      sharedVolumes: { data: { kind: "local", clients: ["nodes-pool"], directory: "/srv/data" } },
    });
    assert.deepEqual(
      withoutGluster.filter((warning) => warning.startsWith("sharedVolumes")),
      ['sharedVolumes.data.kind: "local" on node-1, node-2: each has files of its own, and none sees another\'s'],
    );
  });

  it("are refused wherever a mount point is taken already on a host, in whatever order they are written", () => {
    const segment = fc.constantFrom("a", "b", "c");
    const place = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `/data/${parts.join("/")}`);
    fc.assert(
      fc.property(place, place, (one, other) => {
        const nfs = (mountPoint: string) => ({ kind: "nfs", clients: ["nodes-pool"], server: "192.168.1.7", export: "/x", mountPoint }); // prettier-ignore
        const clash = `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
        const found = violationsOf(() => parseProtobox({ sharedVolumes: { one: nfs(one), other: nfs(other) } }));
        assert.equal(found.length, clash ? 1 : 0, found.join("\n"));
      }),
      { numRuns: 30 },
    );
  });

  it("have no name that GlusterFS takes for a word of its own, unless they are of another kind", () => {
    const words = ["all", "force", "type", "volume", "option", "subvolumes", "description", "end-volume", "auto-delete", "activate-on-create", "snap-max-hard-limit", "snap-max-soft-limit"]; // prettier-ignore
    for (const word of words) {
      const found = violationsOf(() => parseProtobox({ sharedVolumes: { [word]: gatewayShared } }));
      assert.deepEqual(found, [`sharedVolumes.${word}: "${word}" is a word of GlusterFS' own, and no name for a volume: write another, such as shared`]); // prettier-ignore
    }
    parseProtobox({ sharedVolumes: { all: { kind: "local", clients: ["nodes-pool"], directory: "/srv/data" } } });
  });

  it("may keep local directories in volumes that other hosts mount", () => {
    const own = {
      kind: "local",
      clients: ["nodes-pool"],
      directory: "/storage/shared/own",
      mountPoint: "/storage/own",
    };
    parseProtobox(volumes({ own }));
  });

  it("never hide the system, and may be beside it", () => {
    for (const place of ["/usr/share/x", "/etc", "/srv", "/srv/gatebox/bricks/x", "/proc/1", "/var/lib/glusterd/x"])
      assert.notEqual(mountPointFault(place), undefined, place);
    for (const place of ["/storage/shared", "/srv/shared", "/var/lib/gitlab", "/usrlocal", "/opt/app"])
      assert.equal(mountPointFault(place), undefined, place);
  });
});
