/** Sends a mail over SMTP. */
import {
  type ActionContext,
  ActionError,
  type Credential,
  credentialOf,
  defineAction,
  providerRefused,
  RetryableError,
  serverErrors,
} from '@cloudflow/sdk/index.ts';
import { createTransport, type Transporter, type TransportOptions } from 'nodemailer';
import Type from 'typebox';
import { type MailConfig, mailConfig, mailOf } from './message.ts';

export default defineAction({
  type: 'send_email',
  title: 'Send an email',
  description:
    'Hands a mail to a mail server, which delivers it. It has the same `Message-ID` in every try: after a lost answer it may be sent ' +
    'twice, and mailboxes that look at the id show it once. When the server takes it for some of the addresses only, those that it ' +
    'refused are in the output, and it is not sent again.',
  category: 'messaging',
  icon: 'mail',
  version: 1,
  config: mailConfig,
  output: Type.Object({
    message_id: Type.String({ description: 'The `Message-ID`.' }),
    accepted: Type.Array(Type.String(), { description: 'The addresses that the server took it for.' }),
    rejected: Type.Array(Type.String(), { description: 'Those that it refused.' }),
    response: Type.String({ description: 'What the server said of it, often with its own number of the mail.' }),
  }),
  errors: [
    providerRefused('`details.status` is the code of SMTP: after 4xx the mail is tried again, after 5xx it is not.'),
    ...serverErrors,
    {
      code: 'config_invalid',
      retryable: 'never',
      description: 'There is neither text nor HTML, or an attachment is no base64 or too large.',
    },
  ],
  defaultTimeoutMs: 60_000,
  effect: 'external',

  async run(context) {
    const mail = mailOf(context.config, context.idempotencyKey);
    const credential = await credentialOf(context, context.config.credential, ['smtp']);
    const { transport, socket, about } = await openTransport(context, credential);
    const stop = (): void => void socket.destroy();
    context.signal.addEventListener('abort', stop, { once: true });
    try {
      const { accepted, rejected, response } = await transport.sendMail(mail);
      const text = (each: string | { readonly address: string }): string =>
        typeof each === 'string' ? each : each.address;
      return { message_id: mail.messageId, accepted: accepted.map(text), rejected: rejected.map(text), response };
    } catch (error) {
      throw asActionError(error, about);
    } finally {
      context.signal.removeEventListener('abort', stop);
      transport.close();
      socket.destroy();
    }
  },
});

async function openTransport({ tcp, timeoutMs }: ActionContext<MailConfig>, { values }: Credential) {
  const { host = '', port: portText = '587', username, password = '', tls, ca } = values;
  const port = Number(portText);
  const { socket, isPublic } = await tcp.connect({ host, port });
  const mustEncrypt = tls === 'required' || (tls !== 'off' && isPublic);
  const transport = createTransport({
    ...{ host, port },
    secure: port === 465 && tls !== 'off',
    requireTLS: mustEncrypt,
    ignoreTLS: tls === 'off',
    // STARTTLS is taken where it is offered; a certificate that nobody vouches for is then no worse than none. Who names the
    // authority wants it asked.
    tls: { rejectUnauthorized: mustEncrypt || port === 465 || ca !== undefined, ...(ca === undefined ? {} : { ca }) },
    ...(username ? { auth: { user: username, pass: password } } : {}),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // The driver is handed the connection, and opens none.
    getSocket: (_options: unknown, take: (error: Error | null, socket: object) => void) =>
      take(null, { connection: socket }),
  } as TransportOptions) as unknown as Transporter<Sent>;
  return { transport, socket, about: `${host}:${port}` };
}

type Addressed = string | { readonly address: string };
type Sent = { readonly accepted: Addressed[]; readonly rejected: Addressed[]; readonly response: string };

type SmtpError = Error & { readonly code?: string; readonly responseCode?: number; readonly response?: string };

function asActionError(error: unknown, about: string): ActionError {
  if (error instanceof ActionError) return error;
  const { code = '', responseCode: status, message = String(error) } = error as SmtpError;
  if (status !== undefined && status >= 400) {
    const facts = { code: 'provider_refused', details: { status }, cause: error };
    const text = `The mail server refused: ${message}`;
    return status < 500 ? new RetryableError(text, facts) : new ActionError(text, facts);
  }
  // An address that is none, and a login that cannot be tried.
  if (code === 'EENVELOPE' || code === 'EAUTH' || code === 'EMESSAGE')
    return new ActionError(message, { code: 'provider_refused', details: { error: code }, cause: error });
  const isTimeout = code === 'ETIMEDOUT';
  return new RetryableError(`The connection to ${about} failed: ${message}`, {
    code: isTimeout ? 'timeout' : 'network',
    cause: error,
  });
}
