import { fn, http, workflow } from '@cloudflow/sdk/builder/index.ts';
import Type from 'typebox';

const line = Type.Object({
  text: Type.String(),
  quantity: Type.Integer({ minimum: 1 }),
  cents: Type.Integer({ minimum: 0 }),
  taxPercent: Type.Number({ minimum: 0 }),
});

/** Runs in the sandbox of the server: it sees its input, and nothing of this module. */
const addUp = `
export default ({ lines }) => {
  const taxes = {};
  let net = 0;
  for (const { quantity, cents, taxPercent } of lines) {
    net += quantity * cents;
    taxes[taxPercent] = (taxes[taxPercent] ?? 0) + quantity * cents * taxPercent / 100;
  }
  const rounded = Object.fromEntries(Object.entries(taxes).map(([percent, tax]) => [percent, Math.round(tax)]));
  return { net, taxes: rounded, gross: Object.values(rounded).reduce((sum, tax) => sum + tax, net) };
};
`;

export default workflow('invoice-total', {
  version: '1.0.0',
  name: 'Total of an invoice',
  description: 'JavaScript in a sandbox adds up an invoice; TypeScript knows what each step takes and gives.',
  tags: ['function', 'TypeScript'],
  input: Type.Object({ invoice: Type.String(), lines: Type.Array(line, { minItems: 1 }) }),
})
  .step('total', ({ input }) =>
    fn<{ net: number; taxes: Record<string, number>; gross: number }>({ code: addUp, input: { lines: input.lines } }),
  )
  .step('book', ({ input, steps }) =>
    http({
      url: `https://ledger.example/invoices/${input.invoice}`,
      method: 'PUT',
      body: { gross: steps.total.output.gross, taxes: steps.total.output.taxes },
    }),
  )
  .output(({ steps }) => steps.total.output)
  .build();
