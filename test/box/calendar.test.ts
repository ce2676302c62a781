import assert from "node:assert/strict";
import { calendarFault } from "../../box/calendar.ts";

const example = "write one of systemd's such as `Sun 03:00`, `*-*-* 02:30` or `daily`";

describe("box/calendar", () => {
  for (const text of ["daily", "Sun 03:00", "*-*-* 02:30", "Mon..Fri *-*-1..7 1:05:30 UTC", "*-1/3-01", "0/6:00"])
    it(`lets "${text}" pass`, () => assert.equal(calendarFault(text), undefined));

  for (const text of [
    "",
    "Sonntag 03:00",
    "25:00",
    "3:60",
    "*-13-01 00:00",
    "0:5/0",
    "*/2:00",
    "1/23:00",
    "Sun..Mon 1:00",
    "at night",
    "UTC",
    "02:30 daily",
    "02:30  ",
  ])
    // prettier-ignore
    it(`refuses "${text}"`, () => assert.equal(calendarFault(text), `is no time of systemd's: ${example}`));

  for (const text of ["30 2 * * *", "*/5 * * * 1-5", "0 3 1 1 sun"])
    it(`knows "${text}" for a cron expression`, () =>
      assert.equal(calendarFault(text), `is a cron expression: ${example}`));
});
