/** What a mail is made of, and how the config of a step becomes one. */
import { createHash } from 'node:crypto';
import { configInvalid, credentialName } from '@cloudflow/sdk/index.ts';
import type { SendMailOptions } from 'nodemailer';
import Type, { type Static } from 'typebox';

const oneLine = '^[^\\r\\n\\0]*$';
const address = Type.String({
  minLength: 3,
  maxLength: 320,
  pattern: '^[^\\r\\n\\0]*@[^\\r\\n\\0]*$',
  description: '`ann@example.com` or `Ann Lee <ann@example.com>`.',
});
const addresses = (what: string) =>
  Type.Union([address, Type.Array(address, { minItems: 1, maxItems: 100 })], {
    description: `${what} One address, or a list.`,
  });

const maxAttachmentBytes = 10 * 1024 * 1024;

export const mailConfig = Type.Object(
  {
    credential: credentialName('of the type `smtp`: the server that takes the mail.'),
    from: address,
    to: addresses('Who gets it.'),
    cc: Type.Optional(addresses('Who gets a copy.')),
    bcc: Type.Optional(addresses('Who gets a copy that the others do not see.')),
    reply_to: Type.Optional(addresses('Where answers go. Default: to `from`.')),
    subject: Type.String({ maxLength: 998, pattern: oneLine, description: 'One line.' }),
    text: Type.Optional(Type.String({ description: 'The mail as plain text. `text`, `html` or both are required.' })),
    html: Type.Optional(Type.String({ description: 'The mail as HTML.' })),
    attachments: Type.Optional(
      Type.Array(
        Type.Object(
          {
            filename: Type.String({ minLength: 1, maxLength: 255, pattern: oneLine }),
            content: Type.String({ description: 'In base64.' }),
            content_type: Type.Optional(Type.String({ pattern: '^[\\w.+-]+/[\\w.+-]+$' })),
          },
          { additionalProperties: false },
        ),
        { maxItems: 50, description: 'Files with their `content` in base64, together at most 10 MB.' },
      ),
    ),
    headers: Type.Optional(
      Type.Record(Type.String({ pattern: '^[Xx]-[A-Za-z0-9-]+$' }), Type.String({ pattern: oneLine, maxLength: 998 }), {
        maxProperties: 50,
        // A record lets names pass that its pattern does not know, and `Bcc` would be one more who gets it.
        additionalProperties: false,
        description: 'More headers, of which the names begin with `X-`.',
      }),
    ),
  },
  { additionalProperties: false },
);

export type MailConfig = Static<typeof mailConfig>;

/** Throws `config_invalid`. */
export function mailOf(config: MailConfig, idempotencyKey: string): SendMailOptions & { readonly messageId: string } {
  const { from, to, cc, bcc, reply_to: replyTo, subject, text, html, headers } = config;
  if (text === undefined && html === undefined) throw configInvalid('/text', 'is required where there is no `html`');
  for (const [field, given] of Object.entries({ from, to, cc, bcc, reply_to: replyTo }))
    for (const each of [given ?? []].flat()) mustBeOne(each, `/${field}`);
  return {
    ...{ from, to, subject },
    ...known({ cc, bcc, replyTo, text, html, headers }),
    attachments: attachmentsOf(config),
    messageId: messageIdOf(from, idempotencyKey),
    // Neither files of this machine nor addresses are read, whatever an attachment or a body says.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The driver would take `a@b.c, d@e.f` for two: text from outside must not add anybody. */
function mustBeOne(text: string, pointer: string): void {
  const unquoted = text.replace(/"(?:[^"\\]|\\.)*"/g, '');
  if (/[,;]/.test(unquoted) || unquoted.split('@').length !== 2)
    throw configInvalid(pointer, 'is not one address: several are a list');
}

function known<T extends object>(fields: T) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [name in keyof T]: Exclude<T[name], undefined>;
  };
}

/** The same for every try: by it a mailbox, or the server on the way to it, can tell a repeat. */
function messageIdOf(from: string, idempotencyKey: string): string {
  const host = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'cloudflow.invalid';
  return `<${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 40)}@${host}>`;
}

function attachmentsOf({ attachments = [] }: MailConfig) {
  let bytes = 0;
  return attachments.map(({ filename, content, content_type: contentType }, at) => {
    const decoded = Buffer.from(content, 'base64');
    const isBase64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content);
    if (!isBase64) throw configInvalid(`/attachments/${at}/content`, 'is no base64');
    bytes += decoded.length;
    if (bytes > maxAttachmentBytes) throw configInvalid('/attachments', 'are over 10 MB together');
    return { filename, content: decoded, ...(contentType === undefined ? {} : { contentType }) };
  });
}
