/** Times and durations for people. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `340 ms`, `4.2 s`, `1 m 23 s`, `2 h 5 m`, `3 d 4 h`. */
export function durationText(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '';
  if (ms < second) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < minute - 50) return `${(ms / second).toFixed(1)} s`;
  if (ms < hour) return two(ms, [minute, 'm'], [second, 's']);
  return ms < day ? two(ms, [hour, 'h'], [minute, 'm']) : two(ms, [day, 'd'], [hour, 'h']);
}

/** `4 s ago`, `in 2 h 5 m`; empty when there is no time. */
export function agoText(time: string | null | undefined, now: number): string {
  if (time === null || time === undefined) return '';
  const ms = now - Date.parse(time);
  const length = Math.abs(ms) < minute ? `${Math.round(Math.abs(ms) / second)} s` : durationText(Math.abs(ms));
  return ms >= 0 ? `${length} ago` : `in ${length}`;
}

type Unit = readonly [ms: number, sign: string];

function two(ms: number, [large, sign]: Unit, [small, smallSign]: Unit): string {
  const rounded = Math.round(ms / small) * small;
  const rest = Math.floor((rounded % large) / small);
  return `${Math.floor(rounded / large)} ${sign}${rest === 0 ? '' : ` ${rest} ${smallSign}`}`;
}
