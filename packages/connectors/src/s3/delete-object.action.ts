/** Deletes an object of a store that speaks S3. */
import { defineAction } from '@cloudflow/sdk/index.ts';
import Type from 'typebox';
import { callS3, errors, key, store } from './s3-api.ts';

export default defineAction({
  type: 's3.delete-object',
  title: 'Delete an object of S3',
  description: 'Deletes an object; one that is not there is no error. In a bucket with versions the earlier ones stay.',
  category: 'storage',
  icon: 'archive',
  version: 1,
  config: Type.Object(
    {
      ...store,
      key,
      version_id: Type.Optional(
        Type.String({ minLength: 1, maxLength: 1_024, description: 'Deletes this version, for good.' }),
      ),
    },
    { additionalProperties: false },
  ),
  output: Type.Object({
    delete_marker: Type.Boolean({ description: 'True when a marker was put in front of versions that stay.' }),
  }),
  errors,
  defaultTimeoutMs: 30_000,
  effect: 'external',

  async run(context) {
    const { key: name, version_id } = context.config;
    const { headers } = await callS3(context, { method: 'DELETE', key: name, query: { versionId: version_id } });
    return { delete_marker: headers['x-amz-delete-marker'] === 'true' };
  },
});
