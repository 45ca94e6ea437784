/** Lengths of time as text: Go's form that CEL uses (`1h30m`, `1.5s`), days, and ISO 8601 (`PT5S`). */

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const goPart = /([0-9]{1,15}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})(ns|us|µs|μs|ms|s|m|h|d)/y;
const isoForm =
  /^([+-])?P(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?(?:T(?=[0-9])(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,12})(?:[.,]([0-9]{1,9}))?S)?)?$/;

/** CEL's range, about ten thousand years either way. */
export const longestDurationMs = 315_576_000_000_000;

/** Milliseconds, cut towards zero; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text.length > 64) return undefined;
  const ms = text.includes('P') ? parseIso(text) : parseGo(text);
  if (ms === undefined || Math.abs(ms) > longestDurationMs) return undefined;
  return Math.trunc(ms) + 0;
}

/** Seconds with as many digits as needed, such as `5400s` or `-0.25s`: the JSON form of a duration. */
export function formatDuration(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(ms) / 1000);
  const rest = Math.abs(ms) % 1000;
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
  return `${sign}${whole}${fraction}s`;
}

function parseGo(text: string): number | undefined {
  const isNegative = text.startsWith('-');
  const body = isNegative || text.startsWith('+') ? text.slice(1) : text;
  if (body === '0') return 0;
  let total = 0;
  let at = 0;
  while (at < body.length) {
    goPart.lastIndex = at;
    const part = goPart.exec(body);
    if (part === null) return undefined;
    total += Number(part[1]) * (unitMs.get(part[2] ?? '') ?? 0);
    at = goPart.lastIndex;
  }
  if (at === 0) return undefined;
  // Decimal fractions are not exact in binary: 0.29 s must not become 289 ms when it is cut.
  const ms = Number(total.toFixed(6));
  return isNegative ? -ms : ms;
}

function parseIso(text: string): number | undefined {
  const found = isoForm.exec(text);
  if (found === null || !/[0-9]/.test(text)) return undefined;
  const [, sign, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0, fraction = ''] = found;
  const whole = ((Number(weeks) * 7 + Number(days)) * 24 + Number(hours)) * 60 + Number(minutes);
  const ms = (whole * 60 + Number(seconds)) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return sign === '-' ? -ms : ms;
}
