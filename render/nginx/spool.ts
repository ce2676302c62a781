import { wholeNumber } from "../scalars.ts";

/** The unit of the memory that nginx spools into; systemd wants this name for the place. */
export const spoolUnit = "var-lib-nginx.mount";

/**
 * `systemd/var-lib-nginx.mount`: what nginx cannot hold in its buffers (uploads above all) goes to memory of a bounded size. On the
 * disk it would take the room that transactions need, and a client decides how much comes. Where it is full, what needs it is
 * refused, and everything else is served.
 *
 * @param megabytes its size; it is taken only as far as it is used
 */
export function spoolMount(megabytes: number): string {
  return `[Unit]
Description=Gatebox: memory for what nginx spools, apart from the disk

[Mount]
What=tmpfs
Where=/var/lib/nginx
Type=tmpfs
Options=size=${wholeNumber(megabytes, 1, "spoolMb of the limits")}m,mode=0755,nodev,nosuid,noexec
`;
}
