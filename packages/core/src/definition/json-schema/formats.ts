/** The formats of JSON Schema that are checked; others only inform the reader. */
import {
  IsDate,
  IsDateTime,
  IsDuration,
  IsEmail,
  IsHostname,
  IsIPv4,
  IsIPv6,
  IsJsonPointer,
  IsTime,
  IsUri,
  IsUriReference,
  IsUuid,
} from 'typebox/format';

/** Longer text is of no such format: it bounds what a native expression can be made to do. */
const longest = 2048;

export const formats: ReadonlyMap<string, (text: string) => boolean> = new Map(
  Object.entries({
    date: IsDate,
    'date-time': IsDateTime,
    duration: IsDuration,
    email: IsEmail,
    hostname: IsHostname,
    ipv4: IsIPv4,
    ipv6: IsIPv6,
    'json-pointer': IsJsonPointer,
    time: IsTime,
    uri: IsUri,
    'uri-reference': IsUriReference,
    uuid: IsUuid,
  }).map(([name, test]) => [name, (text: string) => text.length <= longest && test(text)]),
);
