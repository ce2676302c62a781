import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { kubectl, kubectlChecked } from "../../lab/cluster/programs.ts";
import { exec } from "../../lab/hosts/exec.ts";
import { loopDeviceTrouble } from "../../lab/hosts/spareDisks.ts";
import { PLACE, VOLUMES } from "./volumes.ts";
import { onHost, world } from "./world.ts";

describe("the API of the cluster", () => {
  it("is asked at its load balancer, by kubectl, kubelets and kube-proxies", async () => {
    const { lab } = await world();
    const server = await kubectlChecked(lab, ["config", "view", "--minify", "--output=jsonpath={.clusters[0].cluster.server}"]); // prettier-ignore
    assert.equal(server, "https://192.168.1.10:6442");
    for (const host of ["gateway-1", "node-1"]) {
      const places = await onHost(
        lab,
        host,
        "grep -ohE 'https://[0-9.]+:[0-9]+' -r /etc/kubernetes --include='*kubeconfig*' | sort -u",
      );
      assert.equal(places, "https://192.168.1.10:6442", host);
    }
    assert.match(await kubectlChecked(lab, ["get", "nodes", "--no-headers"]), /^gateway-1 +Ready /m);
  });

  it("goes on with a watch while the load balancer is loaded anew", async () => {
    const { lab } = await world();
    const name = "gatebox-watched";
    await kubectl(lab, ["delete", "configmap", name, "--ignore-not-found"]);
    const watch = kubectl(lab, ["get", "configmaps", "--watch-only", "--output=name", "--request-timeout=12s"], { timeoutSeconds: 30 }); // prettier-ignore
    // Until it watches: what is made before that, it does not see.
    await sleep(3000);
    const sessions = "ss -Htn state established 'sport = :6442' | wc -l";
    assert.ok(Number(await onHost(lab, "master-1", sessions)) > 0, "nobody has a session");
    await onHost(lab, "master-1", "systemctl reload gatebox-control-plane");
    await kubectlChecked(lab, ["create", "configmap", name]);
    const { stdout } = await watch;
    await kubectlChecked(lab, ["delete", "configmap", name]);
    assert.match(stdout, new RegExp(`^configmap/${name}$`, "m"));
  });

  it("is open where the cluster's clients are, and on no port beside those that are declared", async () => {
    const { lab } = await world();
    const open = "timeout 3 bash -c 'exec 3<>/dev/tcp/192.168.1.10/6442'";
    assert.equal((await exec(lab, "supervisor-1", open, { timeoutSeconds: 10 })).code, 0);
    const controllerManager = "timeout 3 bash -c 'exec 3<>/dev/tcp/192.168.1.21/10257'";
    assert.notEqual((await exec(lab, "supervisor-1", controllerManager, { timeoutSeconds: 10 })).code, 0);
  });
});

describe("the shared volumes", () => {
  it("have servers that know each other by address, whatever names there are", async () => {
    const { lab } = await world();
    const servers = [...new Set(Object.values(VOLUMES).flat())];
    for (const host of servers) {
      const known = await onHost(lab, host, "sed -n 's/^hostname[0-9]*=//p' /var/lib/glusterd/peers/*");
      assert.match(known, /^(?:192\.168\.2\.\d+\n?)+$/, `${host} knows ${known}`);
      assert.equal(known.split("\n").length, servers.length - 1, host);
    }
  });

  for (const [volume, hosts] of Object.entries(VOLUMES)) {
    it(`have a file of ${volume} on all of its hosts, each brick on a file system of its own`, async () => {
      const { lab } = await world();
      const hasDisks = (await loopDeviceTrouble()) === undefined;
      const [first = "", ...others] = hosts;
      await onHost(lab, first, `echo ${volume} >${PLACE}/e2e`);
      for (const host of others) assert.equal(await onHost(lab, host, `cat ${PLACE}/e2e`), volume, host);
      await onHost(lab, first, `rm ${PLACE}/e2e`);
      for (const host of hosts) {
        assert.match(await onHost(lab, host, `findmnt -no FSTYPE,SOURCE ${PLACE}`), new RegExp(`^fuse\\.glusterfs .*:/${volume}$`)); // prettier-ignore
        if (!hasDisks) continue;
        assert.equal(await onHost(lab, host, `findmnt -no FSTYPE /srv/gatebox/bricks/${volume}`), "xfs");
      }
    });
  }

  it("have metrics of their bricks and of what is left to heal", async () => {
    const { lab } = await world();
    await onHost(lab, "gateway-3", "systemctl start gatebox-gluster-metrics.service");
    const metrics = await onHost(lab, "gateway-4", "curl -s -m 10 http://192.168.1.13:9100/metrics | grep '^gatebox_gluster'"); // prettier-ignore
    for (const line of [
      "gatebox_gluster_up 1",
      "gatebox_gluster_peers 7",
      "gatebox_gluster_peers_connected 7",
      "gatebox_gluster_quorum 1",
      'gatebox_gluster_bricks_online{volume="gateway-shared"} 3',
      'gatebox_gluster_bricks_online{volume="nat-shared"} 3',
      'gatebox_gluster_heal_pending{volume="nat-shared"} 0',
      'gatebox_gluster_brick_mounted{volume="gateway-shared"} 1',
    ])
      assert.ok(metrics.split("\n").includes(line), `${line} is not in\n${metrics}`);
  });

  it("keep their keys from everybody but root", async () => {
    const { lab } = await world();
    const keys =
      "find / -xdev -name 'gluster*.pem' -o -xdev -name 'glusterfs.key' 2>/dev/null | xargs -r stat -Lc '%a %n'";
    const found = (await onHost(lab, "gateway-1", keys)).split("\n");
    assert.ok(
      found.some((line) => line.endsWith("/var/lib/gatebox/keys/gluster.pem")),
      found.join("\n"),
    );
    const readable = await onHost(lab, "gateway-1", "cat /var/lib/gatebox/keys/gluster.pem");
    assert.match(readable, /PRIVATE KEY/);
    for (const line of found.filter((one) => /key/.test(one))) assert.match(line, /^[46]00 /, line);
  });
});
