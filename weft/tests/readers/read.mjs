// Reads a calendar as Thunderbird and Nextcloud do (ical.js), and as many small programs do (node-ical).
// node read.mjs READER FROM TO < calendar.ics: a JSON list of [seconds since 1970, title, status], in order.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [reader, from, to] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const parts = createRequire(`${process.env.READERS}/`);
const text = readFileSync(0, "utf8");
const seconds = (date) => Math.round(date.getTime() / 1000);

function withIcalJs() {
  const ICAL = parts("ical.js").default ?? parts("ical.js");
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
  const exceptions = events.filter((event) => event.isRecurrenceException());
  const found = [];
  for (const event of events.filter((one) => !one.isRecurrenceException())) {
    for (const one of exceptions) if (one.uid === event.uid) event.relateException(one);
    const days = event.iterator();
    for (let day = days.next(); day; day = days.next()) {
      const { startDate, item } = event.getOccurrenceDetails(day);
      if (seconds(day.toJSDate()) > to + 90 * 86400) break;
      found.push([seconds(startDate.toJSDate()), item.summary, item.component.getFirstPropertyValue("status")]);
    }
  }
  return found;
}

function withNodeIcal() {
  const ical = parts("node-ical");
  const found = [];
  for (const event of Object.values(ical.sync.parseICS(text))) {
    if (event.type !== "VEVENT") continue;
    const seen = ical.expandRecurringEvent(event, { from: new Date(from * 1000), to: new Date(to * 1000) });
    for (const one of seen) found.push([seconds(one.start), one.summary, one.event.status]);
  }
  return found;
}

const found = { "ical.js": withIcalJs, "node-ical": withNodeIcal }[reader]();
const within = found.filter(([when]) => when >= from && when <= to);
console.log(JSON.stringify(within.sort((a, b) => a[0] - b[0])));
