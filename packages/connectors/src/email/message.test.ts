import { describe, expect, it } from 'vitest';
import { type MailConfig, mailOf } from './message.ts';

const mail = (more: Partial<MailConfig>): MailConfig =>
  ({ credential: 'MAIL', from: 'a@b.example', to: 'c@d.example', subject: 's', text: 't', ...more }) as MailConfig;

describe('a mail', () => {
  it.each(['c@d.example, thief@e.example', 'c@d.example; x@e.example', 'all: c@d.example;', '"c, @', 'a@b@c.example'])(
    'takes one address for one, and nobody is added by a text: %s',
    (to) => {
      expect(() => mailOf(mail({ to }), 'key')).toThrow('is not one address');
      expect(() => mailOf(mail({ bcc: ['c@d.example', to] }), 'key')).toThrow('is not one address');
    },
  );

  it.each(['c@d.example', 'Ann Lee <c@d.example>', '"Lee, Ann @work" <c@d.example>', '"a, b"@d.example'])(
    'goes to %s',
    (to) => {
      expect(mailOf(mail({ to }), 'key')).toMatchObject({ to });
    },
  );
});
