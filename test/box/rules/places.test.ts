import assert from "node:assert/strict";
import fc from "fast-check";
import { partOf } from "../../../box/sections/sharedVolumes/devices.ts";
import type { Changes } from "../edit.ts";
import { parseProtobox, violationsOf } from "../parsing.ts";
import { gatewayShared, natShared, sharedVolumes, webShared } from "../sharedVolumes.ts";

const violations = (changes: Changes) => violationsOf(() => parseProtobox(structuredClone(changes)));
const others = "/etc /usr/local /run /var/run /var/lock /proc /dev /tmp /var/tmp /srv/gatebox /srv/gatebox/bricks/nat-shared /var/lib/glusterd /var/lib/gatebox /var/lib/containerd /var/lib/kubelet /var/lib/etcd /var/lib/docker /var/lib/dpkg /var/log/journal /opt/cni"; // prettier-ignore
const registry = (directory: string, pool = "nat-gateway-pool"): Changes => ({
  sharedVolumes,
  registry: { name: "registry.protobox", pool, storage: { directory, shared: true } },
  "webservers.serverNames": ["registry.protobox"],
});
const nfs = { kind: "nfs", server: "192.168.2.99", export: "/x", clients: ["supervisors-pool"], mountPoint: "/n" };
const volume = (changes: object): Changes => ({ "sharedVolumes.one": { ...nfs, ...changes } });

describe("places that are somebody else's", () => {
  it("are none for volumes, for their directories and for images, nor is anything below them", () => {
    const below = fc.constantFrom("", "/x", "/x/y_1.z");
    fc.assert(
      fc.property(fc.constantFrom(...others.split(" ")), below, (place, rest) => {
        const one = `${place}${rest}`;
        const mounted = violations(volume({ mountPoint: one.replaceAll("-", "_") }));
        if (!one.includes("-"))
          assert.match(mounted.join("\n"), /^sharedVolumes\.one\.mountPoint: \S+ lies in \S+[^\n]*$/);
        const local = { kind: "local", directory: one, clients: ["supervisors-pool"], mountPoint: "/n" };
        assert.match(violations({ "sharedVolumes.one": local }).join("\n"), /^sharedVolumes\.one\.directory: \S+ lies in \S+[^\n]*$/); // prettier-ignore
        if (one.split("/").length > 2)
          assert.match(violations(registry(one)).join("\n"), /^registry\.storage\.directory: [^\n]*$/);
      }),
      { numRuns: 60 },
    );
  });

  it("are not those whose names only begin alike", () => {
    for (const place of ["/srv/gatebox2", "/etcetera", "/var/lib/containerd2", "/var/runs", "/opt/cnix", "/storage"])
      assert.deepEqual(violations(volume({ mountPoint: place })), []);
  });
});

describe("the images of one registry", () => {
  const at = "registry.storage.directory";

  it("are on one volume of all its hosts", () => {
    assert.deepEqual(violations(registry("/storage/shared/registry")), []);
    assert.deepEqual(violations(registry("/storage/sharedregistry/x")), [], "on none that the stack declares");
    const mixed = (hosts: string[]) => violations({ ...registry("/storage/shared/registry", "mixed"), "pools.mixed": hosts }); // prettier-ignore
    for (const hosts of [["gateway-4", "webserver-1"], ["webserver-2", "gateway-5"]])
      assert.match(mixed(hosts).join("\n"), new RegExp(`^${at}: \\S+ is on \\S+ on ${hosts[0] ?? ""}, and on \\S+ on ${hosts[1] ?? ""}: each would have images of its own[^\n]*$`)); // prettier-ignore
    const without = { ...registry("/storage/shared/registry"), sharedVolumes: { "nat-shared": { ...nfs, mountPoint: "/storage/shared", clients: ["half"] } }, "pools.half": ["gateway-5"] }; // prettier-ignore
    assert.match(violations(without).join("\n"), new RegExp(`^${at}: .* and on none that the stack declares on gateway-4[^\n]*$`)); // prettier-ignore
  });

  it("are on one that they share", () => {
    const local = { kind: "local", directory: "/srv/x", clients: ["nat-gateway-pool"], mountPoint: "/storage/shared" };
    const changes = { ...registry("/storage/shared/registry"), sharedVolumes: { local } };
    assert.match(violations(changes).join("\n"), new RegExp(`^${at}: .* a directory of each host itself[^\n]*$`));
  });
});

describe("devices of bricks", () => {
  const at = (device: string, arbiter: string): Changes => {
    const [set] = natShared.replicaSets;
    const nat = { ...natShared, replicaSets: [{ ...set, arbiter: { host: "gateway-3", device: arbiter } }] };
    const [first] = gatewayShared.replicaSets;
    const data = [...(first?.data.slice(0, 2) ?? []), { host: "gateway-3", device }];
    return { sharedVolumes: { "gateway-shared": { ...gatewayShared, replicaSets: [{ data }] }, "nat-shared": nat, "web-shared": webShared } }; // prettier-ignore
  };
  const disks = ["/dev/vdb", "/dev/sdaa", "/dev/xvdf", "/dev/nvme0n1", "/dev/mmcblk0", "/dev/md127", "/dev/loop3", "/dev/disk/by-id/virtio-a", "/dev/disk/by-path/pci-0000:00:1f.2-ata-1"]; // prettier-ignore

  /** As Linux and udev name it. */
  const partition = (disk: string, number: number) =>
    disk.includes("/by-") ? `${disk}-part${number}` : `${disk}${/\d$/.test(disk) ? "p" : ""}${number}`;

  it("are no disk of which another volume has a partition, nor one of another's disk", () => {
    for (const disk of disks) {
      const [part, other] = [partition(disk, 1), partition(disk, 12)];
      for (const pair of [[disk, part], [other, disk], [disk, disk]] as const) // prettier-ignore
        assert.match(violations(at(...pair)).join("\n"), /^sharedVolumes\.nat-shared\.replicaSets\[0\]\.arbiter\.device: [^\n]* the device of sharedVolumes\.gateway-shared\.replicaSets\[0\]\.data\[2\] already[^\n]*$/); // prettier-ignore
      assert.deepEqual(violations(at(part, other)), [], "two partitions");
    }
  });

  it("are others' where names only begin alike", () => {
    for (const [one, disk] of [
      ["/dev/vdb1", "/dev/vd"],
      ["/dev/nvme0n12", "/dev/nvme0n1"],
      ["/dev/sdab", "/dev/sda"],
      ["/dev/mapper/vg-p1", "/dev/mapper/vg-"],
      ["/dev/md12", "/dev/md1"],
    ] as const)
      // prettier-ignore
      assert.equal(partOf(one, disk), false, one);
  });
});

describe("NFS servers and clients of volumes", () => {
  it("are at an address of one machine, and of another one", () => {
    for (const server of ["0.0.0.0", "127.0.0.1", "127.1.2.3", "224.0.0.1", "255.255.255.255", "192.168.1.0", "192.168.1.255"]) // prettier-ignore
      assert.match(violations(volume({ server })).join("\n"), /^sharedVolumes\.one\.server: [^\n]*: write the address of the NFS server$/); // prettier-ignore
    assert.match(
      violations(volume({ server: "192.168.1.7" })).join("\n"),
      /server: 192\.168\.1\.7 is supervisor-1 itself/,
    );
    for (const server of ["192.168.1.8", "192.168.1.31", "10.0.0.255"])
      assert.deepEqual(violations(volume({ server })), []);
  });

  it("are named once, and export no way up", () => {
    assert.match(violations(volume({ clients: ["supervisors-pool", "supervisors-pool"] })).join("\n"), /^sharedVolumes\.one\.clients\[1\]: "supervisors-pool" is named already[^\n]*$/); // prettier-ignore
    for (const path of ["/../x", "/x/..", "/x/./y", "/."])
      assert.equal(violations(volume({ export: path })).length, 1, path);
    for (const path of ["/x/..y", "/.x"]) assert.deepEqual(violations(volume({ export: path })), [], path);
  });
});
