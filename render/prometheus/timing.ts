/** How soon an alert is a message, and why one fault makes one. */
import type { Monitoring } from "../../box/model.ts";
import { secondsOf } from "../../box/sections/monitoring/durations.ts";

/** All in seconds. */
export interface Timing {
  /** Between two questions to a program. */
  readonly scrape: number;
  /** After this long a program that has not answered is down. */
  readonly scrapeTimeout: number;
  /** Between two looks at the rules that tell of faults. */
  readonly evaluation: number;
  /** From an alert to its message. */
  readonly groupWait: number;
  /** Between two messages of an alert: that it fires, and that it no longer does. */
  readonly groupInterval: number;
  /** How much later than the first Alertmanager the second one sends, if the first one has not. */
  readonly peerTimeout: number;
  /** After this long Prometheus tells Alertmanager again of an alert that goes on. */
  readonly resend: number;
}

/**
 * The arithmetic, with the figures of `scrapeInterval: 15s`.
 *
 * **Within 30 s.** A fault is asked for within 15 s. A host that has gone answers nothing: 3 s until ARP gives up, 5 s where a
 * firewall drops (`scrapeTimeout`). The rules are looked at within 5 s, the message waits 3 s: 15 + 5 + 5 + 3 = 28 s.
 *
 * **One message.** Both Prometheus have the same labels on an alert, so that an Alertmanager takes theirs for one; each sends to
 * both, so that both Alertmanagers know of it within milliseconds. The first of the two by name sends after `groupWait`, and
 * tells the other, within a gossip interval of 0.2 s. The second one waits `peerTimeout`, 10 s, and finds that it has been sent.
 * That is time for a receiver that takes up to 9 s; one that takes longer gets the message twice, as otherwise nobody would know
 * whether it has got it once. Each alert is a group of its own (`group_by: ["..."]`): what is sent never depends on which other
 * alerts came a moment before or after, which is how two Alertmanagers come to send different sets (alertmanager#2222).
 *
 * **One end.** The two Prometheus see the end of a fault up to scrape + evaluation = 20 s apart, and meanwhile the slower one
 * could tell again that it fires. It does so every `resend` = 120 s only, and the end is told at the next `groupInterval`, 60 s,
 * which is longer than they are apart: what an Alertmanager has then is what both agree on.
 *
 * **With one Alertmanager dead** the other one becomes the first as soon as it is missed, some 5 s after it died; before that its
 * messages wait `peerTimeout` longer, 38 s in all.
 *
 * The root test runs all of this with `scrapeInterval: 1s`, whose figures are in the same proportion.
 */
export function timingOf({ prometheus }: Pick<Monitoring, "prometheus">): Timing {
  const scrape = secondsOf(prometheus?.scrapeInterval ?? "15s");
  const share = (part: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, Math.round(scrape * part)));
  return {
    scrape,
    scrapeTimeout: share(1 / 3, 1, 5),
    evaluation: share(1 / 3, 1, 5),
    groupWait: share(1 / 5, 1, 3),
    groupInterval: share(4, 10, 120),
    peerTimeout: share(2 / 3, 2, 10),
    resend: share(8, 15, 240),
  };
}
