import { expect, it } from 'vitest';
import { isDefinitionFile } from './definition-file.ts';

it.each(['a.json', 'a.yaml', 'sub/a.yml', 'workflow.ts', 'sub/workflow.mjs', 'order.workflow.ts'])(
  'in a folder %s is a definition',
  (path) => expect(isDefinitionFile(path)).toBe(true),
);

it.each([
  'order.test.yaml',
  'service.mjs',
  'index.ts',
  'myworkflow.ts',
  '.hidden.json',
  'types.d.ts',
  'workflow.test.ts',
])('in a folder %s is none, and is not run', (path) => expect(isDefinitionFile(path)).toBe(false));
