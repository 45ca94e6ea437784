import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMessageReader } from './event-stream.ts';

const read = (...pieces: readonly string[]) => {
  const next = createMessageReader();
  return pieces.flatMap((piece) => next(piece));
};

describe('a stream of server-sent events', () => {
  it('is read as the standard says: fields, comments, several lines of data, an id that stays', () => {
    expect(read(': hello\n\nretry: 1000\n\nid: 1.0\ndata: a\n\ndata:b\ndata:  c\n\n')).toEqual([
      { id: '1.0', data: 'a' },
      { id: '1.0', data: 'b\n c' },
    ]);
  });

  it('has three ways to end a line', () => {
    expect(read('data: a\r\n\r\ndata: b\r\rdata: c\n\n').map(({ data }) => data)).toEqual(['a', 'b', 'c']);
  });

  it('loses what is not finished when it ends', () => {
    expect(read('data: a\n\ndata: b\n')).toEqual([{ id: undefined, data: 'a' }]);
  });

  it('passes over an id with U+0000 and fields that nobody knows', () => {
    expect(read('id: 1\0\nevent: x\nsomething\ndata: a\n\n')).toEqual([{ id: undefined, data: 'a' }]);
  });

  it('is the same wherever it is cut into pieces', () => {
    const line = fc.constantFrom('data: x', 'data', 'id: 7', ': c', 'data: \u{1F600} é', 'retry: 5', '');
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const text = fc.array(fc.tuple(line, end)).map((lines) => `${lines.flat().join('')}\n`);
    fc.assert(
      fc.property(text, fc.array(fc.nat(30)), (stream, lengths) => {
        const pieces: string[] = [];
        let at = 0;
        for (const length of lengths) {
          pieces.push(stream.slice(at, at + length));
          at += length;
        }
        expect(read(...pieces, stream.slice(at))).toEqual(read(stream));
      }),
    );
  });
});
