/** What a lab's hosts have to make shared volumes of: spare disks and FUSE. */
import assert from "node:assert/strict";
import { waitForSsh } from "../../lab/hosts/boot.ts";
import { execChecked } from "../../lab/hosts/exec.ts";
import { killHost, startHost } from "../../lab/hosts/machine.ts";
import { SPARE_DISK_BYTES } from "../../lab/hosts/spareDisks.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { scriptFile } from "../../lab/scriptFile.ts";
import { lab } from "./labs.ts";
import { disksOf } from "./traces.ts";

const host = hostNamed("webserver-1");

async function onHost(script: string, ...args: string[]): Promise<string> {
  return (await execChecked(lab, host.name, script.split("\n", 1).join(), script, { args })).stdout;
}

export function describeDisks(): void {
  describe("its spare disks", () => {
    it("are empty, of their size, and known to the kernel", async () => {
      const script = scriptFile(import.meta.dirname, "spare-disk.sh");
      assert.equal(await onHost(script, "/dev/vdb"), `empty\n${SPARE_DISK_BYTES}\ndescribed\n`);
    });

    it("keep a file system over a power cut, and are the machine's no longer while the power is off", async () => {
      // ext4, for the image has no program that makes XFS; the kernel has both.
      await onHost("mkfs.ext4 -q /dev/vdb && mount /dev/vdb /mnt && echo kept >/mnt/note && sync");
      assert.equal((await disksOf(lab)).length, 2, "one of the web server and one of the gateway");
      await killHost(lab, host);
      assert.equal((await disksOf(lab)).length, 1);
      await startHost(lab, host);
      await waitForSsh(lab, host);
      assert.equal(await onHost("mount /dev/vdb /mnt && cat /mnt/note && umount /mnt"), "kept\n");
    });
  });

  describe("FUSE", () => {
    it("can be mounted in its hosts", async () => {
      assert.equal(await onHost(scriptFile(import.meta.dirname, "fuse-mount.sh")), "fuse\n");
    });
  });
}
