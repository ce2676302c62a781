import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { assertDisksOfToday } from "../../lab/hosts/boot.ts";
import { hostNamed } from "../../lab/inventory.ts";
import { hostDirectory, labNamed, type Lab } from "../../lab/state.ts";

describe("the disks of a lab's hosts", () => {
  const hosts = ["gateway-1", "gateway-2", "node-1"].map(hostNamed);
  let lab: Lab;

  beforeEach(async () => {
    lab = { ...labNamed(`t${process.pid}-none`), directory: await mkdtemp(path.join(tmpdir(), "gatebox-disks-")) };
  });
  afterEach(() => rm(lab.directory, { recursive: true }));

  /** A disk as far as can be told from outside. */
  async function makeDisk(host: string, files: Readonly<Record<string, string>>): Promise<void> {
    const directory = hostDirectory(lab, host);
    await mkdir(directory, { recursive: true });
    for (const [name, text] of Object.entries({ lower: "/image", ...files }))
      await writeFile(path.join(directory, name), text);
  }

  it("are refused when they are of an older lab: all of them at once, with a hint", async () => {
    await makeDisk("gateway-1", {});
    await makeDisk("gateway-2", { format: "1\n" });
    await makeDisk("node-1", { format: "2\n" });
    await assert.rejects(assertDisksOfToday(lab, hosts), ({ message }: Error) => {
      assert.match(message, /the disks of gateway-1, gateway-2 are those of an older lab/);
      assert.ok(message.includes(`npm run lab -- --name ${lab.name} down`));
      return true;
    });
  });

  it("are taken as they are when they are of today, and when they are still to be made", async () => {
    await makeDisk("node-1", { format: "2\n" });
    await assertDisksOfToday(lab, hosts);
  });
});
