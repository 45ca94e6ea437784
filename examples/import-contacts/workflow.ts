import { expr, forEach, http, transform, workflow } from '@cloudflow/sdk/builder/index.ts';
import Type from 'typebox';

const contact = Type.Object({ email: Type.String(), name: Type.Optional(Type.String()) });

export default workflow('import-contacts', {
  version: '1.0.0',
  name: 'Import of contacts',
  description: 'Rows go to a CRM ten at a time; those that it refuses are collected, and stop no others.',
  tags: ['for_each', 'report', 'TypeScript'],
  input: Type.Object({ contacts: Type.Array(contact, { maxItems: 10_000 }) }),
})
  .step('send', ({ input }) =>
    forEach({
      items: input.contacts,
      as: 'contact',
      concurrency: 10,
      steps: (each) =>
        each.step(
          'put',
          ({ contact }) =>
            http({
              url: `https://crm.example/contacts/${contact.email}`,
              method: 'PUT',
              body: { name: expr`${contact}.?name.orValue('')` },
            }),
          {
            retry: { maxAttempts: 3, initial: '1s', jitter: 0.2 },
            onError: {
              steps: (handler) => handler.step('refused', ({ error }) => transform({ refused: error.code })),
            },
          },
        ),
    }),
  )
  .output(({ input, steps }) => ({
    sent: expr`${steps.send.output}.filter(row, !has(row.refused)).size()`,
    refused: expr`range(size(${steps.send.output}))
      .filter(i, has(${steps.send.output}[i].refused)).map(i, ${input.contacts}[i].email)`,
  }))
  .build();
