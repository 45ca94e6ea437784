import { describe, expect, it } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import { EgressDeniedError } from './failure.ts';
import { createGuard, type ResolvedAddress, targetOf } from './guard.ts';

function guardWith(names: Record<string, readonly string[]>, allow: readonly string[] = []) {
  return createGuard(parseAllowList(allow), async (host) =>
    (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
}

/** What a socket to this URL would be given. */
function addressesFor(guard: ReturnType<typeof createGuard>, url: string): Promise<ResolvedAddress[]> {
  const lookup = guard.lookupFor(targetOf(guard.check(url)));
  return new Promise((done, fail) => {
    lookup('ignored', { all: true }, (error, found) => (error ? fail(error) : done(found as ResolvedAddress[])));
  });
}

const literals: readonly (readonly [row: string, hosts: readonly string[]])[] = [
  ['S064', ['127.0.0.1', '127.255.255.254', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1']],
  ['S064', ['169.254.1.1', '224.0.0.1', '239.255.255.255', '0.0.0.0', '255.255.255.255', '240.0.0.1', '198.18.0.1']],
  ['S065', ['2130706433', '0177.1', '0x7f.1', '127.1', '0x7f000001', '017700000001', '127.0.1', '0', '10.1']],
  ['S066', ['[::]', '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]']],
  ['S066', ['[64:ff9b:1::1]', '[2002:7f00:1::]', '[2001:0:1::1]', '[fd00::1]', '[fc00::1]', '[fe80::1]', '[ff02::1]']],
  ['S071', ['169.254.169.254', '[fd00:ec2::254]', '100.100.100.200', '192.0.0.192', '168.63.129.16']],
];

describe('the egress guard', () => {
  for (const [row, hosts] of literals) {
    for (const host of hosts) {
      it(`refuses http://${host}/ [${row}]`, () => {
        expect(() => guardWith({}).check(`http://${host}/`)).toThrow(EgressDeniedError);
      });
    }
  }

  it('refuses an address with a zone, which is no URL [S066]', () => {
    expect(() => guardWith({}).check('http://[fe80::1%25eth0]/')).toThrow(EgressDeniedError);
  });

  it.each([['8.8.8.8'], ['[2606:4700:4700::1111]'], ['172.32.0.1'], ['100.128.0.1']])(
    'lets the public address %s pass',
    (host) => {
      expect(guardWith({}).check(`https://${host}/x`).href).toBe(`https://${host}/x`);
    },
  );

  it.each([
    'file:///etc/passwd',
    'gopher://example.com/',
    'data:text/plain,x',
    'ftp://example.com/',
    'unix:/var/run/docker.sock',
    'http+unix://%2Fvar%2Frun%2Fdocker.sock/',
    'javascript:1',
    'ws://example.com/',
    'blob:https://example.com/1',
    '//example.com',
    'example.com',
    '',
  ])('calls nothing but http: and https:, so not %s [S069]', (url) => {
    expect(() => guardWith({}).check(url)).toThrow(EgressDeniedError);
  });

  it.each([
    'http://public.example@127.0.0.1/',
    'http://127.0.0.1@public.example/',
    'http://:secret@public.example/',
    'http:\\\\127.0.0.1\\x',
    'http:/\\127.0.0.1/',
    'http://127.0.0.1#@public.example/',
    'http://127.0.0.1\\@public.example/',
    'http://127.0.0.1?@public.example/',
    'ht\ttp://127.\n0.0.1/',
    'http://１２７。０。０。１/',
    'http://①②⑦.⓪.⓪.①/',
    'http:127.0.0.1/',
  ])('reads %j like the socket does, and refuses it [S070]', (url) => {
    expect(() => guardWith({}).check(url)).toThrow(EgressDeniedError);
  });

  it.each([
    ['metadata.google.internal', '169.254.169.254'],
    ['kubernetes.default.svc', '10.96.0.1'],
    ['localhost', '127.0.0.1'],
    ['localhost.', '127.0.0.1'],
    ['evil.example', '::ffff:10.0.0.1'],
    ['zone.example', 'fe80::1%eth0'],
  ])('refuses the name %s, because it is %s [S071]', async (host, address) => {
    await expect(addressesFor(guardWith({ [host]: [address] }), `http://${host}/`)).rejects.toThrow(EgressDeniedError);
  });

  it('gives a socket the checked addresses only, when a name has forbidden ones too [S067]', async () => {
    const guard = guardWith({ 'mixed.example': ['10.0.0.1', '93.184.216.34', '::1', '2606:4700::1'] });
    const found = await addressesFor(guard, 'https://mixed.example/');
    expect(found.map(({ address }) => address)).toEqual(['93.184.216.34', '2606:4700::1']);
  });

  it('asks for the addresses anew for each connection, and checks what it is told then [S067]', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const guard = createGuard(parseAllowList([]), async () =>
      (answers.shift() ?? []).map((address) => ({ address, family: 4 })),
    );
    await expect(addressesFor(guard, 'http://rebind.example/')).resolves.toHaveLength(1);
    await expect(addressesFor(guard, 'http://rebind.example/')).rejects.toMatchObject({
      found: { address: '127.0.0.1', kind: 'loopback' },
    });
  });

  it('does not tell in its message what a name inside leads to', async () => {
    const refused = addressesFor(guardWith({ 'db.internal': ['10.11.12.13'] }), 'http://db.internal:5432/');
    await expect(refused).rejects.toThrow(
      /^db\.internal leads to an address that is not public.*ALLOW=db\.internal:5432 allows it\.$/,
    );
  });

  it('fails a name without addresses as not found, not as denied', async () => {
    await expect(addressesFor(guardWith({}), 'http://nowhere.example/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('says what to set to allow a target, and nothing of its path or query', () => {
    const check = () => guardWith({}).check('http://10.1.2.3:8081/secret-path?key=secret');
    expect(check).toThrow('10.1.2.3 is a private address');
    expect(check).toThrow('CLOUDFLOW_EGRESS_ALLOW=10.1.2.3:8081');
    expect(check).not.toThrow('secret');
  });

  it('allows one port of a host without the others [S071]', () => {
    const guard = guardWith({}, ['127.0.0.1:8080']);
    expect(guard.check('http://127.0.0.1:8080/').port).toBe('8080');
    expect(() => guard.check('http://127.0.0.1:5432/')).toThrow(EgressDeniedError);
  });

  it('allows a name at whatever address it has, by that name only', async () => {
    const guard = guardWith({ 'db.internal': ['10.0.0.7'], 'other.internal': ['10.0.0.7'] }, ['db.internal']);
    await expect(addressesFor(guard, 'http://db.internal/')).resolves.toEqual([{ address: '10.0.0.7', family: 4 }]);
    await expect(addressesFor(guard, 'http://other.internal/')).rejects.toThrow(EgressDeniedError);
    expect(() => guard.check('http://10.0.0.7/')).toThrow(EgressDeniedError);
  });
});
