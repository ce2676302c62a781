/** For the present `vipLifecycle.ts` only: goes with it. */
export { networkSysctlFile } from "./network/sysctl.ts";
