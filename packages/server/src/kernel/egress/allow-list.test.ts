import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type IpAddress, parseAddress } from './address.ts';
import { parseAllowList } from './allow-list.ts';

function allows(entry: string, host: string, address: string, port = 80): boolean {
  return parseAllowList([entry]).allows({ host, address: parseAddress(address) as IpAddress, port });
}

describe('the list of allowed targets', () => {
  it('allows nothing when it is empty', () => {
    expect(parseAllowList([]).allows({ host: 'a', address: parseAddress('10.0.0.1') as IpAddress, port: 80 })).toBe(
      false,
    );
  });

  it.each([
    ['127.0.0.1', 'localhost', '127.0.0.1', 80, true],
    ['127.0.0.1', 'localhost', '127.0.0.2', 80, false],
    ['127.0.0.1', 'x', '::ffff:127.0.0.1', 80, true],
    ['10.0.0.0/8', 'x', '10.255.0.1', 80, true],
    ['10.0.0.0/8', 'x', '11.0.0.1', 80, false],
    ['fd00::/8', 'x', 'fd12::1', 80, true],
    ['[fd00::]/8', 'x', 'fd12::1', 80, true],
    ['fd00::/8', 'x', '10.0.0.1', 80, false],
    ['::1', '[::1]', '::1', 443, true],
    ['[::1]:8080', '[::1]', '::1', 8080, true],
    ['[::1]:8080', '[::1]', '::1', 8081, false],
    ['db.internal:5432', 'db.internal', '10.0.0.1', 5432, true],
    ['db.internal:5432', 'db.internal', '10.0.0.1', 5433, false],
    ['DB.Internal', 'db.internal.', '10.0.0.1', 5433, true],
    ['internal', 'db.internal', '10.0.0.1', 80, false],
    [' localhost ', 'localhost', '127.0.0.1', 80, true],
  ])('%s for %s at %s port %i: %s', (entry, host, address, port, expected) => {
    expect(allows(entry, host, address, port)).toBe(expected);
  });

  it.each([
    '',
    '10.0.0.0/33',
    'fd00::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '127.1',
    '0x7f.1',
    '2130706433',
    'a:b',
    'a:0',
    'a:70000',
    'http://a',
    'a b',
    'a/8',
    '*',
    '*.internal',
    '[::1',
    '::1]:80',
    '１２７.0.0.1',
    'fe80::1%eth0',
    '10.0.0.1:80/8',
  ])('refuses the entry %j, and says what is expected', (entry) => {
    expect(() => parseAllowList([entry])).toThrow('expected a host, a CIDR or host:port');
  });

  it('finds an address in a CIDR exactly when the first bits are the same', () => {
    const octets = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 4, maxLength: 4 });
    const number = (four: number[]): number => four.reduce((sum, octet) => sum * 256 + octet, 0);
    fc.assert(
      fc.property(octets, octets, fc.integer({ min: 0, max: 32 }), (base, address, bits) => {
        const shift = 2 ** (32 - bits);
        const same = Math.floor(number(base) / shift) === Math.floor(number(address) / shift);
        expect(allows(`${base.join('.')}/${bits}`, 'x', address.join('.'))).toBe(same);
      }),
    );
  });
});
