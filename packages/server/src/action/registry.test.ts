import { actions } from '@cloudflow/connectors/index.generated.ts';
import { describe, expect, it } from 'vitest';
import { stepCodes } from '../kernel/errors/step-codes.ts';
import { createActionRegistry } from './registry.ts';

const registry = createActionRegistry(actions);

describe('the registry', () => {
  it('finds actions by type, and lists the types in order', () => {
    expect(registry.find('http_request')?.type).toBe('http_request');
    expect(registry.find('constructor')).toBeUndefined();
    expect(registry.types()).toEqual([...registry.types()].sort());
  });

  it('refuses two actions of one type', () => {
    expect(() => createActionRegistry([...actions, ...actions])).toThrow('two actions have the type');
  });
});

describe.each(registry.all())('the action $type', ({ action, configSchema, defaultTimeoutMs, checkConfig }) => {
  it('has a name, a title, a description and a version', () => {
    expect(action.type).toMatch(/^[a-z][a-z0-9]*([._-][a-z0-9]+)*$/);
    expect(action.title.length).toBeGreaterThan(3);
    expect(action.description.length).toBeGreaterThan(20);
    expect(action.version).toBeGreaterThan(0);
  });

  it('has a closed config, of which every field is described', () => {
    expect(configSchema).toMatchObject({ type: 'object', additionalProperties: false });
    const { properties } = configSchema as { properties: Record<string, { description?: string }> };
    for (const [name, field] of Object.entries(properties)) expect(field.description, name).toBeTruthy();
    expect(checkConfig({ no_such_field: 1 })).toContainEqual({ pointer: '/no_such_field', message: 'is not known' });
  });

  it('has an output schema, of which every field is described', () => {
    const { properties } = JSON.parse(JSON.stringify(action.output)) as {
      properties: Record<string, { description?: string }>;
    };
    for (const [name, field] of Object.entries(properties)) expect(field.description, name).toBeTruthy();
  });

  it('ends in time by itself, and fails with documented codes', () => {
    expect(defaultTimeoutMs).toBeGreaterThan(0);
    for (const { code, description } of action.errors) {
      expect(Object.keys(stepCodes)).toContain(code);
      expect(description).toBeTruthy();
    }
  });
});
