import { action, workflow } from '@cloudflow/sdk/builder';
import Type from 'typebox';

// biome-ignore lint/style/noDefaultExport: a workflow is the default export of its file
export default workflow('order', { version: '1.0.0', input: Type.Object({ cents: Type.Integer() }) })
  .step('charge', ({ input }) => action('acme.charge', { cents: input.cents }))
  .step('receive', ({ steps }) => action('acme.receive', { text: steps.charge.output }))
  .output(({ steps }) => steps.receive.output)
  .build();
