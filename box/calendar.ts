/** Times at which something is done again and again, as systemd writes them (systemd.time(7), "Calendar events"). */

const words = "minutely hourly daily weekly monthly quarterly semiannually yearly annually".split(" ");
const days = "monday tuesday wednesday thursday friday saturday sunday".split(" ");

/** All, or a number or a range, and from there every so many perhaps. */
const part = /^(?:\*|(?<first>\d{1,2})(?:\.\.(?<last>\d{1,2}))?(?:\/(?<step>\d{1,2}))?)$/;

const example = "write one of systemd's such as `Sun 03:00`, `*-*-* 02:30` or `daily`";

/**
 * Why a text is no calendar event of systemd's: a sentence that follows the text; undefined for one that is. Only what is sure to be
 * understood is let pass: fractions of a second and times of one year alone are not.
 *
 * @example calendarFault("30 2 * * *") // "is a cron expression: …"
 */
export function calendarFault(text: string): string | undefined {
  if (words.includes(text.toLowerCase())) return undefined;
  const steps = text.split(" ");
  if (/^(?:[\d*,/-]+ ){4}[\w*,/-]+$/.test(text)) return `is a cron expression: ${example}`;
  if (isDays(steps[0] ?? "")) steps.shift();
  else if (/^[a-z]/i.test(text)) return `is no time of systemd's: ${example}`;
  if (isDate(steps[0] ?? "")) steps.shift();
  if (isTime(steps[0] ?? "")) steps.shift();
  if (steps[0] === "UTC") steps.shift();
  // Nothing may be left, and something must have been there.
  return steps.length === 0 && text !== "UTC" ? undefined : `is no time of systemd's: ${example}`;
}

/** `Mon`, `Sat,Sun` or `Mon..Fri`, with names in full or by their first three letters. */
function isDays(text: string): boolean {
  const indexOf = (day: string): number =>
    days.findIndex((one) => one === day.toLowerCase() || one.slice(0, 3) === day.toLowerCase());
  const isDay = (day: string): boolean => indexOf(day) >= 0;
  return text.split(",").every((range) => {
    const [first = "", last = first, ...more] = range.split("..");
    return isDay(first) && isDay(last) && indexOf(first) <= indexOf(last) && more.length === 0;
  });
}

/** `*-*-1` or `*-1`. A year of its own comes once. */
function isDate(text: string): boolean {
  const steps = text.split("-");
  const [month = "", day = ""] = steps.slice(-2);
  const isEveryYear = steps.length === 2 || (steps.length === 3 && steps[0] === "*");
  return isEveryYear && isWithin(month, 1, 12) && isWithin(day, 1, 31);
}

/** `2:30` or `02:30:00`. */
function isTime(text: string): boolean {
  const [hour = "", minute = "", second = "0", ...more] = text.split(":");
  return isWithin(hour, 0, 23) && isWithin(minute, 0, 59) && isWithin(second, 0, 59) && more.length === 0;
}

/** A list of parts within bounds. A step that leads out of these is none for systemd. */
function isWithin(text: string, least: number, most: number): boolean {
  return text.split(",").every((one) => {
    const groups = part.exec(one)?.groups;
    if (groups === undefined || groups["first"] === undefined) return groups !== undefined;
    const first = Number(groups["first"]);
    const last = Number(groups["last"] ?? first);
    const step = Number(groups["step"] ?? 1);
    const isLast = groups["step"] === undefined || first + step <= most;
    return first >= least && first <= last && last <= most && step >= 1 && isLast;
  });
}
