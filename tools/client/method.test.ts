import { describe, expect, it } from 'vitest';
import { describeMethods, nameOf, singular } from './method.ts';
import type { OpenApi, Operation } from './open-api.ts';

const operation = (more: Partial<Operation> = {}): Operation => ({
  operationId: 'op',
  summary: 'Do it',
  parameters: [],
  responses: {},
  ...more,
});
const documentOf = (paths: OpenApi['paths']): OpenApi => ({ paths, components: { schemas: {} } });
const only = (verb: string, path: string, more: Partial<Operation>) =>
  describeMethods(documentOf({ [path]: { [verb]: operation(more) } }))[0]!;

describe('the name of a method', () => {
  it.each([
    ['GET', '/things', 'things.list'],
    ['POST', '/things', 'things.create'],
    ['GET', '/things/{id}', 'things.get'],
    ['PUT', '/things/{id}', 'things.replace'],
    ['PATCH', '/things/{id}', 'things.update'],
    ['DELETE', '/things/{id}', 'things.delete'],
    ['POST', '/things/{id}/enable', 'things.enable'],
    ['POST', '/things/{id}/execute/batch', 'things.executeBatch'],
    ['GET', '/things/stats', 'things.stats'],
    ['GET', '/things/{id}/versions', 'things.versions'],
    ['GET', '/things/{id}/versions/{version}', 'things.version'],
    ['POST', '/things/{id}/signals/{name}', 'things.signal'],
    ['POST', '/things/{id}/steps/{path}/skip', 'things.skipStep'],
    ['PUT', '/things/{id}/draft', 'things.setDraft'],
    ['DELETE', '/auth/sessions/{id}', 'auth.deleteSession'],
    ['POST', '/api-keys', 'apiKeys.create'],
    ['GET', '/registry/actions/{type}', 'registry.action'],
  ])('of %s %s is %s', (verb, path, name) => {
    expect(nameOf(verb, path, { isList: true, isThing: false })).toBe(name);
  });

  it('of a POST to what can be read says that something is made', () => {
    expect(nameOf('POST', '/things/{id}/notes', { isList: false, isThing: true })).toBe('things.createNote');
  });

  it('is given once: two routes that would share it have to be told apart by hand', () => {
    const paths = { '/things/{id}/test': { post: operation() }, '/things/test': { post: operation() } };
    expect(() => describeMethods(documentOf(paths))).toThrow('chosen-names.ts');
  });

  it('knows the singular of the words that paths are made of', () => {
    expect(['steps', 'entries', 'access', 'class'].map(singular)).toEqual(['step', 'entry', 'access', 'class']);
  });
});

describe('a call may be repeated', () => {
  const key = { name: 'idempotency-key', in: 'header', required: false, schema: {} } as const;

  it('when it reads, overwrites, deletes, or has a key', () => {
    for (const verb of ['get', 'put', 'delete']) expect(only(verb, '/things/{id}', {}).isRepeatable).toBe(true);
    expect(only('post', '/things/check', { 'x-permission': 'thing:read' }).isRepeatable).toBe(true);
    expect(only('post', '/things', { parameters: [key] }).isRepeatable).toBe(true);
  });

  it('else never', () => {
    expect(only('post', '/things', { 'x-permission': 'thing:write' }).isRepeatable).toBe(false);
    expect(only('patch', '/things/{id}', {}).isRepeatable).toBe(false);
  });
});

describe('the fields of a body', () => {
  const content = (schema: object) => ({
    requestBody: { required: true, content: { 'application/json': { schema } } },
  });
  const closed = { type: 'object', properties: { wait: {} }, additionalProperties: false };

  it('are given with those of the query when they are known, else the body is given whole', () => {
    expect(only('post', '/things', content(closed)).body?.isWhole).toBe(false);
    expect(only('post', '/things', content({ type: 'object', additionalProperties: true })).body?.isWhole).toBe(true);
  });

  it('cannot have the name of one of the query', () => {
    const parameters = [{ name: 'wait', in: 'query', required: false, schema: {} }] as const;
    expect(() => only('post', '/things', { ...content(closed), parameters })).toThrow('"wait"');
  });
});
