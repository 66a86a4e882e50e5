// Reads calendar files with ical.js: a JSON list of texts on standard input, what it understands of each on standard output.

import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const instant = (time) => time.toJSDate().toISOString();

function person(property) {
  const parameters = { ...property.jCal[1] };
  return { address: property.getFirstValue(), ...parameters };
}

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const components = calendar.getAllSubcomponents("vevent");
  calendar.getAllSubcomponents("vtimezone").forEach((zone) => ICAL.TimezoneService.register(zone));
  return components.map((component) => {
    const event = new ICAL.Event(component, { strictExceptions: true });
    return {
      method: calendar.getFirstPropertyValue("method"),
      uid: event.uid,
      sequence: event.sequence,
      stamp: instant(component.getFirstPropertyValue("dtstamp")),
      start: instant(event.startDate),
      end: instant(event.endDate),
      zone: event.startDate.zone.tzid,
      summary: event.summary,
      location: event.location,
      description: event.description,
      status: component.getFirstPropertyValue("status"),
      organizers: component.getAllProperties("organizer").map(person),
      attendees: component.getAllProperties("attendee").map(person),
    };
  });
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
