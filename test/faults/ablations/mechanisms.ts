/** Mechanisms that several kinds of hosts have, and how they are taken away. */
import { dropIn, edited, line, stopped } from "./ablation.ts";

export const health = stopped("gatebox-vip-health");
export const watch = stopped("gatebox-vip-watch");

/** A service that stays dead: whoever starts it again is no part of this. */
export function noRestart(unit: string): ReturnType<typeof dropIn> {
  const { remove, restore } = dropIn(unit, ["Restart=no"]);
  const start = line(`systemctl is-active --quiet ${unit} || systemctl start ${unit}`);
  return { remove, restore: [...restore, start] };
}

/** Edits files of an assembly, which the program reads again when it is reloaded. */
export function editedReload(assembly: string, files: string, sed: string, program: string): ReturnType<typeof edited> {
  return edited(`/etc/gatebox/${assembly}`, files, sed, ["systemctl", "reload", program]);
}
