/** A JSON Schema in a few words, for tables. */

export type SchemaView = {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaView>>;
  readonly required?: readonly string[];
  readonly items?: SchemaView;
  readonly anyOf?: readonly SchemaView[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly externalDocs?: { readonly description: string; readonly url: string };
};

export function describeType(schema: SchemaView): string {
  return [typeWords(schema), ...limits(schema)].join(', ');
}

function typeWords(schema: SchemaView): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeWords).join(' | ');
  if (schema.type === 'array') return schema.items ? `list of ${typeWords(schema.items)}` : 'list';
  if (schema.type === 'string' && schema.format !== undefined) return schema.format;
  return schema.type ?? 'any JSON';
}

function limits({ minimum, maximum, maxLength, default: preset }: SchemaView): string[] {
  return [
    ...(minimum !== undefined && maximum !== undefined ? [`${minimum} to ${maximum}`] : []),
    ...(minimum !== undefined && maximum === undefined ? [`at least ${minimum}`] : []),
    ...(minimum === undefined && maximum !== undefined ? [`at most ${maximum}`] : []),
    ...(maxLength === undefined ? [] : [`at most ${maxLength} characters`]),
    ...(preset === undefined ? [] : [`${JSON.stringify(preset)} when absent`]),
  ];
}
