/** `send_email` against a real SMTP server, as the engine has it run. */
import type { AddressInfo } from 'node:net';
import type { Json } from '@cloudflow/core/json.ts';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { createTries, type TryOptions } from '../../testing/tries.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

type Mail = {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
  readonly login: string | undefined;
};

/** A mail server and a way to send to it; `mails` is what it has taken. */
async function serve(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'canary-right'
        ? done(null, { user: username })
        : done(Object.assign(new Error('Invalid login'), { responseCode: 535 })),
    onData(stream, { envelope, user }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map((each) => each.address);
        mails.push({ from, to, source: Buffer.concat(chunks).toString(), login: user as string | undefined });
        done(null, 'taken');
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const tries = createTries('send_email');
  closers.push(
    () => new Promise<void>((resolve) => server.close(() => resolve())),
    () => tries.close(),
  );
  const place = { host: '127.0.0.1', port: String((server.server.address() as AddressInfo).port) };
  const credential = (values: Record<string, string>) => ({
    ...{ type: 'smtp' as const, values: { ...place, ...values }, allowedHosts: null },
    secrets: values['password'] ? [values['password']] : [],
  });
  tries.vault['MAIL'] = credential({});
  tries.vault['LOGIN'] = credential({ username: 'ann', password: 'canary-right' });
  tries.vault['WRONG'] = credential({ username: 'ann', password: 'canary-wrong' });
  tries.vault['SAFE'] = credential({ tls: 'required' });
  tries.vault['DEAD'] = credential({ port: '1' });
  const plain = {
    credential: 'MAIL',
    from: 'Shop <shop@example.com>',
    to: 'ann@example.com',
    subject: 'Hello',
    text: 'Hi',
  };
  const send = (config: Record<string, Json> = {}, more?: TryOptions) => tries.run({ ...plain, ...config }, more);
  return { mails, send };
}

describe('send_email', () => {
  it('hands a mail to the server with all of its parts, and tells nobody of blind copies', async () => {
    const { mails, send } = await serve();
    const sent = await send({
      ...{ to: ['ann@example.com', 'Bob ü <bob@example.com>'], cc: 'cy@example.com', bcc: ['dee@example.com'] },
      ...{ subject: 'Grüße', html: '<b>Hi</b>', headers: { 'X-Order': '7' }, reply_to: 'help@example.com' },
      attachments: [
        { filename: 'a.txt', content: Buffer.from('attached').toString('base64'), content_type: 'text/plain' },
      ],
    });
    const addresses = ['ann@example.com', 'bob@example.com', 'cy@example.com', 'dee@example.com'];
    expect(sent).toMatchObject({ output: { accepted: expect.arrayContaining(addresses), rejected: [] } });
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'shop@example.com', to: expect.arrayContaining(addresses) });
    for (const part of ['Reply-To: help@example.com', 'X-Order: 7', 'filename=a.txt', '<b>Hi</b>', 'Hi'])
      expect(mail?.source).toContain(part);
    expect(mail?.source).not.toContain('dee@');
  });

  it('has one Message-ID in all tries', async () => {
    const { mails, send } = await serve();
    const [one, two] = [await send({}, { attempt: 1 }), await send({}, { attempt: 2 })];
    expect(one).toMatchObject({ output: { message_id: expect.stringMatching(/^<[0-9a-f]{40}@example\.com>$/) } });
    expect(two).toEqual(one);
    const ids = mails.map(({ source }) => /^Message-ID: (.*)$/m.exec(source)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });

  it.each([
    ['subject', { subject: 'Hi\r\nBcc: eve@example.com' }],
    ['from', { from: 'a@example.com\r\nX-Evil: 1' }],
    ['to', { to: ['a@example.com\nRCPT TO:<eve@example.com>'] }],
    ['headers', { headers: { 'X-A': 'b\r\nX-Evil: 1' } }],
    ['the name of a header', { headers: { 'X-A\r\nBcc': 'eve@example.com' } }],
    ['attachments', { attachments: [{ filename: 'a\r\nX-Evil: 1', content: '' }] }],
  ])('lets nobody put a header in by a line break in %s [S058]', async (_field, config) => {
    const { mails, send } = await serve();
    expect(await send(config as never)).toMatchObject({ error: { code: 'config_invalid', retryable: false } });
    expect(mails).toEqual([]);
  });

  it('sends no header beside those that begin with X-, and to nobody who joins an address by a comma', async () => {
    const { mails, send } = await serve();
    expect(await send({ headers: { Bcc: 'eve@example.com' } })).toMatchObject({ error: { code: 'config_invalid' } });
    expect(await send({ to: 'a@example.com, eve@example.com' })).toMatchObject({ error: { code: 'config_invalid' } });
    expect(mails).toEqual([]);
  });

  it('refuses a mail with neither text nor HTML, and attachments that are no base64 or too large', async () => {
    const { send } = await serve();
    expect(await send({ text: null as never })).toMatchObject({ error: { code: 'config_invalid' } });
    const attach = (content: string) => send({ attachments: [{ filename: 'a', content }] });
    expect(await attach('no base64!')).toMatchObject({ error: { code: 'config_invalid' } });
    expect(await attach('A'.repeat(15_000_000))).toMatchObject({ error: { code: 'config_invalid' } });
  });

  it('reads no file and no address that a body or an attachment names', async () => {
    const { mails, send } = await serve();
    await send({ html: '<img src="file:///etc/passwd">', attachments: [{ filename: '/etc/passwd', content: 'QQ==' }] });
    expect(mails[0]?.source).not.toContain('root:');
  });

  it('logs in, and tells of a login that is refused without the password', async () => {
    const { mails, send } = await serve();
    await send({ credential: 'LOGIN' });
    expect(mails[0]?.login).toBe('ann');
    const refused = await send({ credential: 'WRONG' });
    expect(refused).toMatchObject({ error: { code: 'provider_refused', retryable: false, details: { status: 535 } } });
    expect(JSON.stringify(refused)).not.toContain('canary');
  });

  it.each([
    [451, true],
    [550, false],
  ])('after %i it is tried again: %s', async (status, retryable) => {
    const { send } = await serve({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('not now'), { responseCode: status })),
    });
    expect(await send()).toMatchObject({ error: { code: 'provider_refused', retryable, details: { status } } });
  });

  it('is not sent in plain text where TLS is required', async () => {
    const { mails, send } = await serve();
    expect(await send({ credential: 'SAFE' })).toMatchObject({ error: { code: 'provider_refused', retryable: false } });
    expect(mails).toEqual([]);
  });

  it('can be tried again when nobody listens, is refused inside the house, and ends in time', async () => {
    const { send } = await serve({ onConnect: () => undefined });
    expect(await send({ credential: 'DEAD' })).toMatchObject({ error: { code: 'network', retryable: true } });
    expect(await send({}, { allow: [] })).toMatchObject({ error: { code: 'egress_denied', retryable: false } });
    expect(await send({}, { timeoutMs: 200 })).toMatchObject({ error: { code: 'timeout', retryable: true } });
  });
});
