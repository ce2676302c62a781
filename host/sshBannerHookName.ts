import type { Connection } from "../box/model.ts";

/** The name of the hook that asks for a host's SSH banner: the state has it beside each command, and so whose command it is. */
export function hookNameOf(host: string, { address, port, bastion }: Connection): string {
  const via = bastion === undefined ? "" : ` via ${bastion.address}:${bastion.port}`;
  return `ssh-banner ${host} ${address}:${port}${via}`;
}

/** Whose banner a hook asks for; undefined for another kind of hook. */
export function hostOfHook(name: string): string | undefined {
  return /^ssh-banner (\S+) /.exec(name)?.[1];
}
