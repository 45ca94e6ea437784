/** By what executions are found: the parameters of lists, and the same words in the filter of an operation. */
import { parseTimestamp } from '@cloudflow/core/definition/duration.ts';
import type { ExecutionStatus } from '@cloudflow/core/run/event.ts';
import Type, { type Static } from 'typebox';
import { problem } from '../../kernel/errors/problem.ts';
import { firstIdAt } from '../id-range.ts';
import * as schemas from '../route-schemas.ts';
import type { ExecutionFilter } from '../store/execution-filter.ts';

const aTime = { format: 'date-time', 'x-expected': 'a time as in RFC 3339, such as 2026-01-31T08:00:00Z' } as const;
const storable = { pattern: '^[^\\u0000]*$', 'x-expected': 'a text without U+0000' } as const;
const anId = {
  pattern: schemas.executionIdPattern,
  'x-expected': 'the id of an execution',
} as const;

export const filterFields = {
  workflow_id: Type.Optional(schemas.workflowParams.properties.id),
  status: Type.Optional(
    Type.String({ description: `One or more of ${schemas.statuses.join(', ')}, with commas between.` }),
  ),
  started_after: Type.Optional(Type.String({ ...aTime, description: 'Made at this time or later.' })),
  started_before: Type.Optional(Type.String({ ...aTime, description: 'Made before this time.' })),
  label: Type.Optional(
    Type.String({
      pattern: '^[^\\u0000:]+:[^\\u0000]*$',
      maxLength: 1_000,
      'x-expected': 'a label as <name>:<value>, such as region:eu',
      description: 'Bears this label, as `<name>:<value>`.',
    }),
  ),
  business_key: Type.Optional(
    Type.String({ ...storable, minLength: 1, maxLength: 256, description: 'Bears this business key.' }),
  ),
  parent: Type.Optional(Type.String({ ...anId, description: 'Was started by this execution.' })),
  retry_of: Type.Optional(Type.String({ ...anId, description: 'Is a retry of this execution.' })),
  q: Type.Optional(
    Type.String({
      ...storable,
      minLength: 2,
      maxLength: 256,
      description:
        'Its business key begins with this, or its id does (8 hexadecimal digits or more). Errors and values are not searched.',
    }),
  ),
};

export const filterSchema = Type.Object(filterFields, { additionalProperties: false });
export type FilterWords = Static<typeof filterSchema>;

/** Where the words stood, for what is refused. */
type Source = 'query' | 'filter';

/** What a store understands, but for the workflows that a name stands for: these are asked of the workflow service. */
export function readFilter(words: Omit<FilterWords, 'workflow_id'>, source: Source = 'query'): ExecutionFilter {
  const { status, started_after, started_before, label, business_key, parent, retry_of, q } = words;
  const timeOf = (name: string, text: string) => firstIdAt(readTime(name, text, source));
  return {
    ...(status !== undefined && { statuses: readStatuses(status, source) }),
    ...(started_after !== undefined && { from: timeOf('started_after', started_after) }),
    ...(started_before !== undefined && { before: timeOf('started_before', started_before) }),
    ...(label !== undefined && { label }),
    ...(business_key !== undefined && { businessKey: business_key }),
    ...(parent !== undefined && { parentId: parent }),
    ...(retry_of !== undefined && { retryOf: retry_of }),
    ...(q !== undefined && { beginning: q }),
  };
}

function readStatuses(text: string, source: Source): readonly ExecutionStatus[] {
  return text.split(',').map((word) => {
    const status = schemas.statuses.find((each) => each === word);
    if (status === undefined) throw wrong(source, 'status', `Expected some of ${schemas.statuses.join(', ')}.`);
    return status;
  });
}

function readTime(name: string, text: string, source: Source): number {
  const at = parseTimestamp(text);
  if (at === undefined) throw wrong(source, name, 'Expected a time as in RFC 3339, such as 2026-01-31T08:00:00Z.');
  return at;
}

function wrong(source: Source, name: string, message: string) {
  return problem(source === 'query' ? 'invalid_parameter' : 'invalid_body', {
    detail: `${name}: ${message}`,
    errors: [{ pointer: `/${source}/${name}`, code: 'wrong_format', message }],
  });
}
