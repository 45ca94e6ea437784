/**
 * What sensitive steps were given and gave is encrypted before it is kept. In an event, `enc` holds fields that are missing from
 * it: `{ "e": "succeeded", …, "enc": { "o": "!<tenant>!<base64>" } }`; the payload of an inbox row is that text as a whole. The
 * tenant stands in it to find its key by: it is bound into the ciphertext, as is the execution, so that nothing opens elsewhere.
 *
 * Errors of sensitive steps need none of it: all that the rules record of them is their code.
 */

import type { Plan } from '@cloudflow/core/definition/plan.ts';
import { isSensitive } from '@cloudflow/core/definition/sensitive.ts';
import type { Json } from '@cloudflow/core/json.ts';
import type { RunEvent } from '@cloudflow/core/run/event.ts';
import type { Sealer, SecretBox } from '../../kernel/secret/secret-box.ts';

/** An event, perhaps with fields that are encrypted. */
export type SealedEvent = RunEvent & { readonly enc?: { readonly [field: string]: string } };

const mark = '!';
/** What an action or a block was given, and what came of it. */
const fields = ['in', 'o'] as const;

/** The event as it may be kept. */
export function sealedEvent(event: RunEvent, of: { plan: Plan; sealer: Sealer; id: string }): SealedEvent {
  if (event.e === 'adopted') return { ...event, ev: event.ev.map((each) => sealedEvent(each, of)) };
  if (event.e !== 'begun' && event.e !== 'succeeded') return event;
  if (!isSensitive(of.plan, event.s)) return event;
  const open: Record<string, unknown> = { ...event };
  const enc: Record<string, string> = {};
  for (const field of fields) {
    if (open[field] === undefined) continue;
    enc[field] = sealedText(JSON.stringify(open[field]), of.sealer, of.id);
    delete open[field];
  }
  return (Object.keys(enc).length === 0 ? event : { ...open, enc }) as SealedEvent;
}

export function sealedText(text: string, sealer: Sealer, executionId: string): string {
  return `${mark}${sealer.tenantId}${mark}${sealer.seal(placeOf(executionId), Buffer.from(text)).toString('base64')}`;
}

export function isSealed(text: string): boolean {
  return text.startsWith(mark);
}

/** Throws CannotDecryptError. */
export async function openText(text: string, secrets: Pick<SecretBox, 'open'>, executionId: string): Promise<string> {
  const [, tenantId = '', sealed = ''] = text.split(mark, 3);
  return (await secrets.open(tenantId, placeOf(executionId), Buffer.from(sealed, 'base64'))).toString();
}

export function hasSealed(event: SealedEvent): boolean {
  return event.enc !== undefined || event.e === 'adopted';
}

/** Throws CannotDecryptError. */
export async function openEvent(
  event: SealedEvent,
  secrets: Pick<SecretBox, 'open'>,
  executionId: string,
): Promise<RunEvent> {
  if (event.e === 'adopted') {
    const ev: RunEvent[] = [];
    for (const each of event.ev) ev.push(hasSealed(each) ? await openEvent(each, secrets, executionId) : each);
    return { ...event, ev };
  }
  const { enc = {}, ...rest } = event;
  const whole: Record<string, Json> = { ...(rest as { readonly [field: string]: Json }) };
  for (const [field, text] of Object.entries(enc))
    whole[field] = JSON.parse(await openText(text, secrets, executionId)) as Json;
  return whole as RunEvent;
}

function placeOf(executionId: string): string {
  return `execution/${executionId}`;
}
