import { describe, expect, it } from 'vitest';
import { isJsonObject, type Json } from '../../json.ts';
import { metaProblems, misspelledKeywords } from '../json-schema/meta.ts';
import { workflowSchema } from './workflow-schema.ts';

function fieldsOf(schema: Json, path: string): readonly (readonly [string, Json])[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const inner = (Object.entries(schema) as [string, Json][]).flatMap(([key, value]) =>
    fieldsOf(value, `${path}/${key}`),
  );
  if (!isJsonObject(schema) || !isJsonObject(schema.properties) || path.endsWith('/if') || path.endsWith('/then'))
    return inner;
  return [...Object.entries(schema.properties).map(([key, value]) => [`${path}/${key}`, value] as const), ...inner];
}

describe('the schema of the language', () => {
  it('is a valid JSON Schema without misspelled keywords', () => {
    expect(metaProblems(workflowSchema)).toEqual([]);
    expect(misspelledKeywords(workflowSchema)).toEqual([]);
  });

  it('describes every field, itself or where it refers to', () => {
    const $defs = workflowSchema.$defs as { readonly [name: string]: { readonly description?: string } };
    const silent = fieldsOf(workflowSchema, '').filter(([, field]) => {
      if (!isJsonObject(field)) return true;
      const target = typeof field.$ref === 'string' ? $defs[field.$ref.slice('#/$defs/'.length)] : undefined;
      return typeof field.description !== 'string' && target?.description === undefined;
    });
    expect(silent.map(([path]) => path)).toEqual([]);
  });
});
