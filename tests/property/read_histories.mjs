// Reads a list of events from each line of the standard input, and writes what the dashboard makes of it.

import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const assets = pathToFileURL(`${process.argv[2]}/`);
const { History, endOf } = await import(new URL("history.js", assets));
const { grouped } = await import(new URL("marks.js", assets));
const { durationText } = await import(new URL("times.js", assets));

const marksOf = (marks) => marks.filter((mark) => mark.kind !== "transition").map((mark) => [mark.at, mark.kind]);

for await (const line of createInterface({ input: process.stdin })) {
  const { events, scale } = JSON.parse(line);
  const history = new History();
  for (const event of [...events, ...events]) history.add(event);
  const lanes = history.lanes;
  console.log(
    JSON.stringify({
      restores: [...history.restores.values()].map((restore) => ({
        ...restore,
        end: endOf(restore, history.endedAt),
        marks: marksOf(restore.marks),
      })),
      lanes: lanes.map((lane) => ({ ...lane, marks: marksOf(lane.marks) })),
      groups: lanes.map((lane) => grouped(lane.marks, scale).map((group) => group.marks.map((mark) => mark.at))),
      duration: durationText(events.length ? history.endedAt - history.startedAt : 0),
    }),
  );
}
