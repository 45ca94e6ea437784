import { describe, expect, it } from 'vitest';
import { credentialTypeNames, credentialTypes, headerOf, hostsOf, valueProblems } from './credential-types.ts';
import { mayBeSentTo } from './host-patterns.ts';

describe('a type of credentials', () => {
  it.each([
    ['github', {}, 'https://api.github.com/user', 'https://evil.example/user'],
    [
      'github',
      { base_url: 'https://git.corp.example/api/v3' },
      'https://git.corp.example/x',
      'https://api.github.com/user',
    ],
    ['github', {}, 'https://api.github.com/user', 'http://api.github.com/user'],
    [
      'openai',
      { base_url: 'https://llm.corp.example/v1' },
      'https://llm.corp.example/v1/x',
      'http://llm.corp.example/v1/x',
    ],
    ['slack', {}, 'https://slack.com/api/auth.test', 'https://slack.com.evil.example/api'],
    ['discord', {}, 'https://discord.com/api/v10/users/@me', 'https://evil.example/discord.com'],
    ['openai', {}, 'https://api.openai.com/v1/models', 'https://openai.com.evil.example/v1'],
    ['openai', { base_url: 'http://127.0.0.1:11434/v1' }, 'http://127.0.0.1:11434/v1/models', 'http://127.0.0.1:80/v1'],
    ['aws', {}, 'https://b.s3.eu-central-1.amazonaws.com/k', 'https://amazonaws.com.evil.example/k'],
    [
      'aws',
      { endpoint: 'https://minio.corp.example:9000' },
      'https://minio.corp.example:9000/b',
      'https://s3.amazonaws.com/b',
    ],
    [
      'incoming_webhook',
      { url: 'https://hooks.slack.com/services/x' },
      'https://hooks.slack.com/',
      'https://evil.example/',
    ],
  ] as const)('of a service goes to that service only: %s %j', (type, values, there, elsewhere) => {
    const hosts = hostsOf(type, values);
    expect(mayBeSentTo(hosts, new URL(there))).toBe(true);
    expect(mayBeSentTo(hosts, new URL(elsewhere))).toBe(false);
  });

  it('whose address cannot be read goes nowhere, and one that is for no service anywhere', () => {
    expect(hostsOf('github', { base_url: 'https://[bad' })).toEqual([]);
    expect(hostsOf('http_bearer', { token: 'canary' })).toBeNull();
  });

  it('is sent as the header that its service documents', () => {
    expect(headerOf('github', { token: 't' })).toEqual(['authorization', 'Bearer t']);
    expect(headerOf('discord', { token: 't' })).toEqual(['authorization', 'Bot t']);
    expect(headerOf('openai', { api_key: 'k' })).toEqual(['authorization', 'Bearer k']);
    expect(headerOf('http_header', { name: 'X-Key', value: 'k' })).toEqual(['x-key', 'k']);
    expect(headerOf('aws', {})).toBeUndefined();
  });

  it.each([
    ['github', { token: 'ghp_1234', base_url: 'https://user:pass@git.corp.example' }, '/values/base_url'],
    ['incoming_webhook', { url: 'ftp://a.example/x' }, '/values/url'],
    ['webhook_secret', { secret: 'whsec_short' }, '/values/secret'],
    ['slack', { token: 'xoxb 1234' }, '/values/token'],
  ] as const)('refuses what does not fit: %s %j', (type, values, pointer) => {
    expect(valueProblems(type, values)).toMatchObject([{ pointer, code: 'pattern_mismatch' }]);
  });

  it('has a secret, and says of every field what it is', () => {
    for (const type of credentialTypeNames) {
      const fields = Object.values(credentialTypes[type].fields) as { text: string; secret?: true }[];
      expect(
        fields.some(({ secret }) => secret),
        type,
      ).toBe(true);
      for (const { text } of fields) expect(text.length).toBeGreaterThan(3);
    }
  });
});
