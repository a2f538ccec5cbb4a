// SPDX-License-Identifier: Apache-2.0

// Time. Milliseconds here are what a clock showed where the rows were measured; to read them as UTC shows that clock again,
// wherever the page is looked at.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [1, 5, 15, 30].map(n => n * SECOND).concat([1, 5, 15, 30].map(n => n * MINUTE), [1, 3, 6, 12].map(n => n * HOUR), [1, 2, 7].map(n => n * DAY));
const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000];

/** Marks of an axis of time: round ones, at most so many. */
function timeMarks(from, to, most) {
  const step = STEPS.find(each => (to - from) / each <= most);
  const marks = [];
  if (step) {
    const offset = step === 7 * DAY ? 4 * DAY : 0; // weeks begin on Mondays, and 1970 began on a Thursday
    for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) {
      marks.push(at);
    }
    return marks;
  }
  const months = MONTHS.find(each => (to - from) / (each * 30.4 * DAY) <= most) ?? 12000;
  const first = new Date(from);
  let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / months) * months;
  for (; Date.UTC(0, month - 12 * 1900, 1) <= to; month += months) { // year 0 is 1900 to Date.UTC
    const at = Date.UTC(0, month - 12 * 1900, 1);
    if (at >= from) {
      marks.push(at);
    }
  }
  return marks;
}

/** Their labels: what changes from one to the next, and above it, once, what does not. */
function timeLabels(marks) {
  const iso = marks.map(mark => new Date(mark).toISOString().replace(/^\+00/, ''));
  const day = marks.some(mark => mark % DAY !== 0);
  const date = marks.some(mark => new Date(mark).getUTCDate() !== 1);
  const month = marks.some(mark => new Date(mark).getUTCMonth() !== 0);
  const minute = marks.some(mark => mark % MINUTE !== 0);
  return iso.map((text, i) => {
    const before = i === 0 ? '' : iso[i - 1];
    if (day) {
      const time = text.slice(11, minute ? 19 : 16);
      return text.slice(0, 10) === before.slice(0, 10) ? time : `${time}\n${i === 0 ? text.slice(0, 10) : text.slice(5, 10)}`;
    }
    if (date) {
      return text.slice(0, 4) === before.slice(0, 4) ? text.slice(5, 10) : `${text.slice(5, 10)}\n${text.slice(0, 4)}`;
    }
    return month ? text.slice(0, 7) : text.slice(0, 4);
  });
}
