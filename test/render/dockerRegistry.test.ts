import assert from "node:assert/strict";
import { registryUserFiles } from "../../render/dockerRegistry/index.ts";
import { registry } from "../../render/registry.ts";
import { webserverRouteFiles } from "../../render/webserver/index.ts";
import { assertGolden } from "./golden.ts";
import { registryBox } from "./sampleRegistry.ts";

const assembly = registry.assemblies.find(({ name }) => name === "registry")!;

describe("render/dockerRegistry", () => {
  const box = registryBox({ garbageCollection: { schedule: "Sat 02:00", untagged: true } });

  it("reads like the real thing, on its host and on the web servers", () => {
    const files = assembly.files(box, box.hosts["gateway-4"]!, registry);
    const golden = files.filter(({ path }) => /^(?:registry|systemd)\/|^lifecycle\/(?:settings|links)$/.test(path));
    assert.equal(golden.length, 7);
    for (const { path, text } of [...golden, ...webserverRouteFiles(box.registry!.route)])
      assertGolden(`registry/${path}`, text);
  });

  it("takes pushes in the one configuration, and none in the other", () => {
    const files = assembly.files(box, box.hosts["gateway-4"]!, registry);
    const [open = "", closed = ""] = ["config", "read-only"].map(
      (name) => files.find(({ path }) => path === `registry/${name}.yml`)!.text,
    );
    const differing = open.split("\n").filter((line, index) => line !== closed.split("\n")[index]);
    assert.deepEqual(differing, ["      enabled: true", "      enabled: false"]);
  });

  it("is on its hosts alone, open to the web servers alone, and nowhere where it is GitLab's", () => {
    const on = (one: typeof box) => Object.values(one.hosts).filter((host) => registry.assembliesOf(one, host).includes(assembly)).map(({ name }) => name); // prettier-ignore
    assert.deepEqual(on(box), ["gateway-4"]);
    assert.deepEqual(on(registryBox({ kind: "gitlab" })), []);
    const open = registry.portsOf(box, box.hosts["gateway-4"]!).filter((one) => "port" in one && one.port === 5000);
    assert.deepEqual(
      open.map(({ network, from }) => ({ network, from })),
      [{ network: "gateway-network", from: ["192.168.2.1", "192.168.2.2"] }],
    );
  });

  it("has one collector among several hosts, and signs uploads alike on all", () => {
    const several = registryBox({ storage: { shared: true } }, { "pools.registry-pool": ["gateway-4", "gateway-5"] });
    const settingsOf = (host: string) => assembly.files(several, several.hosts[host]!, registry).find(({ path }) => path === "lifecycle/settings")!.text; // prettier-ignore
    assert.match(settingsOf("gateway-4"), /^collector='yes'\nhosts='2'$/m);
    assert.match(settingsOf("gateway-5"), /^collector=''\nhosts='2'$/m);
  });

  it("waits for a volume that is shared by trying again, and for any other with the host's mounts", () => {
    const unit = (storage: object): string => {
      const one = registryBox({ storage });
      return assembly.files(one, one.hosts["gateway-4"]!, registry).find(({ path }) => path === "systemd/docker-registry.conf")!.text;
    }; // prettier-ignore
    const shared = unit({ directory: "/storage/shared/images", shared: true });
    assert.match(
      shared,
      /^ExecStartPre=\+\/bin\/sh \/etc\/gatebox\/registry\/scripts\/mounted\.sh$[^]*^Restart=always$/m,
    );
    assert.doesNotMatch(shared, /RequiresMountsFor/);
    const own = unit({ directory: "/srv/images" });
    assert.match(own, /^RequiresMountsFor=\/srv\/images$/m);
    assert.doesNotMatch(own, /mounted\.sh/);
  });

  it("keeps the password in files that root alone may read, and refuses one that bcrypt cuts off", () => {
    const files = registryUserFiles(box.registry!, "correct horse", "abc");
    assert.deepEqual(
      files.map(({ path, mode, text }) => [path, mode, text]),
      [
        ["auth/users", "0600", "box:correct horse\n"],
        ["auth/environment", "0600", "REGISTRY_HTTP_SECRET=abc\n"],
      ],
    );
    assert.throws(
      () => registryUserFiles(box.registry!, "ü".repeat(37), "abc"),
      /^Error: the password of registry\.protobox is longer than 72 bytes$/,
    );
    assert.throws(() => registryUserFiles(box.registry!, "a\nb", "abc"), /line end/);
  });
});
