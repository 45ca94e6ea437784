import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { anyDocument } from '../../../core/testing/definition/any-document.ts';
import { readText } from './definition-file.ts';

it('reads a definition that was written as YAML as the same definition, whatever its texts look like', () => {
  fc.assert(
    fc.property(anyDocument, (document) => {
      const read = readText(stringify(document), { name: 'a.yaml', path: 'a.yaml' });
      expect(read.document).toEqual(document);
    }),
    { numRuns: 300 },
  );
});
