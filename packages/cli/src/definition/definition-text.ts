/** A definition as a file, its fields in the order in which people read them. */
import { withFieldsInOrder } from '@cloudflow/core/definition/compare/field-order.ts';
import type { Json } from '@cloudflow/core/json.ts';
import { stringify } from 'yaml';

export function definitionText(definition: unknown, form: 'yaml' | 'json'): string {
  const ordered = withFieldsInOrder(definition as Json);
  return form === 'yaml' ? stringify(ordered, { lineWidth: 120 }) : `${JSON.stringify(ordered, null, 2)}\n`;
}
