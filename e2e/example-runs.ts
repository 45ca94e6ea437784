/** How each example is run on the product: what it is started with, what the world answers, and what comes of it. */
import type { Script } from './outside-world.ts';

export type ExampleRun = {
  /** Folder of the example. */
  readonly example: string;
  readonly input?: object;
  /** The answers of `https://stock.example/x` are those to `POST /stock/x`; see `outside-world.ts`. */
  readonly world?: Script;
  /** Sent at once: they are kept until a step waits for them. */
  readonly signals?: readonly { readonly name: string; readonly payload?: unknown }[];
  readonly ends: { readonly status: 'COMPLETED' | 'FAILED'; readonly output?: unknown; readonly error?: object };
  /** What the world was asked for, in this order. */
  readonly calls?: readonly string[];
};

const answers = (body: unknown) => [{ body }];
const completed = (output?: unknown) => ({ status: 'COMPLETED', ...(output === undefined ? {} : { output }) }) as const;
const said = (json: object) => ({
  id: 'answer-1',
  model: 'gpt-5.4-mini',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: JSON.stringify(json) } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
const order = {
  'POST /stock/reservations': answers({ id: 'r-1' }),
  'POST /pay/charges': answers({ id: 'ch-1' }),
  'POST /fleet/shipments': answers({ id: 's-1' }),
};

export const exampleRuns: readonly ExampleRun[] = [
  {
    example: 'article-review',
    input: { article: 'a-1' },
    signals: [
      { name: 'reviewed', payload: { accepted: false, remarks: 'too long' } },
      { name: 'reviewed', payload: { accepted: true } },
    ],
    ends: completed(),
    calls: [
      'POST /desk/articles/a-1/revisions',
      'POST /desk/articles/a-1/revisions',
      'POST /desk/articles/a-1/publish',
    ],
  },
  {
    example: 'customer-onboarding',
    input: { email: 'ann@example.com' },
    world: { 'POST /verify': answers({ customer: 'c-1' }) },
    ends: completed({ 'create-account': { account: 'c-1', email: 'ann@example.com' } }),
  },
  {
    example: 'deploy-service',
    input: { service: 'api', commit: 'abc', environment: 'staging' },
    world: { 'POST /builds/api/abc': answers({ image: 'api:abc' }) },
    ends: completed({ image: 'api:abc' }),
    calls: ['POST /builds/api/abc', 'PUT /cluster/staging/api', 'GET /cluster/staging/api/health'],
  },
  {
    example: 'exchange-rate',
    input: { currency: 'USD' },
    world: { 'GET /bank/rates/USD': [{ status: 503 }, { body: { rate: 1.1 } }] },
    ends: completed({ rate: 1.1, because: null }),
  },
  {
    example: 'expense-approval',
    input: { employee: 'ann', amount: 900 },
    signals: [{ name: 'decided', payload: { approved: true, by: 'eve' } }],
    ends: completed({ paid: true, by: 'eve' }),
    calls: ['POST /payroll/expenses'],
  },
  {
    example: 'fastest-quote',
    input: { postcode: '10115', kilograms: 3 },
    world: {
      'GET /north/quotes': [{ status: 422 }],
      'GET /south/quotes': answers({ carrier: 'south', price: 14 }),
      'GET /west/quotes': [{ delayMs: 25_000, body: { price: 9 } }],
    },
    ends: completed({ carrier: 'south', price: 14 }),
  },
  {
    example: 'import-contacts',
    input: { contacts: [{ email: 'ann@example.com', name: 'Ann' }, { email: 'bob@example.com' }] },
    world: { 'PUT /crm/contacts/bob@example.com': [{ status: 422 }] },
    ends: completed({ sent: 1, refused: ['bob@example.com'] }),
  },
  {
    example: 'import-price-list',
    input: { file: 'WORLD/prices.csv' },
    world: {
      'GET /prices.csv': [{ headers: { 'content-type': 'text/csv' }, text: 'sku,price\r\ntea,4.5\r\nmilk,\r\n' }],
    },
    ends: completed({ rows: 2, saved: 1 }),
  },
  {
    example: 'invoice-total',
    input: { invoice: 'i-1', lines: [{ text: 'Tea', quantity: 3, cents: 499, taxPercent: 7 }] },
    ends: completed({ net: 1497, taxes: { '7': 105 }, gross: 1602 }),
    calls: ['PUT /ledger/invoices/i-1'],
  },
  {
    example: 'issue-card',
    input: { account: 'a-1' },
    world: { 'POST /bank/accounts/a-1/cards': answers({ number: '4000 0000 0000 0002' }) },
    ends: completed({ told: true }),
    calls: ['POST /bank/accounts/a-1/cards', 'POST /factory/cards', 'POST /mail/messages'],
  },
  {
    example: 'new-hire',
    input: { person: 'Ann', systems: ['mail'], start: '2026-03-02T09:00:00Z' },
    world: { 'POST /directory/mail/accounts': answers({ id: 'm-1' }) },
    ends: completed([{ system: 'mail', account: 'm-1' }]),
    calls: ['POST /directory/mail/accounts', 'POST /calendar/events'],
  },
  {
    example: 'nightly-backup',
    world: { 'POST /backup/dumps': answers({ id: 'd-1' }) },
    ends: completed(),
  },
  {
    example: 'order-saga',
    input: { order: 'o-1', amount: 25 },
    world: order,
    ends: completed({ charge: 'ch-1', shipment: 's-1' }),
  },
  {
    example: 'order-saga',
    input: { order: 'o-1', amount: 25 },
    world: { ...order, 'POST /fleet/shipments': [{ status: 422 }] },
    ends: { status: 'FAILED', error: { code: 'http_status', step: 'ship' } },
    calls: [...Object.keys(order), 'POST /pay/charges/ch-1/refund', 'DELETE /stock/reservations/r-1'],
  },
  {
    example: 'parcel-address',
    input: { order: 'o-1', address: 'Old Street 1' },
    signals: [{ name: 'picked' }],
    world: { 'POST /labels/labels': answers({ id: 'l-1' }) },
    ends: completed({ label: 'l-1' }),
  },
  {
    example: 'pay-supplier',
    input: { invoice: 'i-1', iban: 'DE00', amount: 10 },
    world: {
      'POST /bank/payments': [{ hangUp: true }],
      'GET /bank/payments': answers({ payments: [{ id: 'p-1' }] }),
    },
    ends: completed({ payment: 'p-1' }),
    calls: ['POST /bank/payments', 'GET /bank/payments'],
  },
  {
    example: 'render-video',
    input: { source: 'https://files.example/cat.mov' },
    world: {
      'POST /render/jobs': answers({ id: 'j-1' }),
      'GET /render/jobs/j-1': answers({ state: 'failed', reason: 'no sound' }),
    },
    ends: { status: 'FAILED', error: { code: 'render_failed', message: 'no sound' } },
  },
  {
    example: 'support-ticket',
    input: { ticket: 't-1', topic: 'technical', plan: 'team' },
    ends: completed({ queue: 'engineers' }),
    calls: ['POST /desk/queues/engineers/tickets'],
  },
  {
    example: 'sync-customer',
    input: { customer: 'c-1' },
    ends: completed({ status: 200 }),
    calls: ['GET /shop/customers/c-1', 'PUT /crm/customers/c-1'],
  },
  {
    example: 'triage-mail',
    input: { mail: 'Do you ship to Norway?' },
    world: { 'POST /chat/completions': answers(said({ kind: 'question', urgent: false, title: 'Norway' })) },
    ends: completed({ kind: 'question' }),
    calls: ['POST /chat/completions', 'POST /desk/tickets'],
  },
  {
    example: 'trial-reminder',
    input: { customer: 'c-1', ends_at: '2126-06-15T00:00:00Z' },
    signals: [{ name: 'subscribed' }],
    ends: completed({ closed: false }),
    calls: [],
  },
  {
    example: 'unpaid-invoice',
    input: { invoice: 'i-7' },
    signals: [{ name: 'paid' }],
    ends: completed('paid'),
    calls: [],
  },
];
