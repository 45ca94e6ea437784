/** What happens when something fails: retries, timeouts, handlers, and what the world does to a call. */
import { aWorkflow, calls, naps, needs, once, says } from '../definitions.ts';
import type { Case } from './case.ts';

const fast = { retry: { max_retries: 2, backoff: 'fixed', initial: '20ms' } };
const thrice = ['POST /pay', 'POST /pay', 'POST /pay'];

export const failing: readonly Case[] = [
  {
    name: 'a call that fails is tried again with the same idempotency key until it succeeds [E7 X9]',
    definition: aWorkflow([calls('pay', fast)]),
    world: { 'POST /pay': [{ status: 503 }, { status: 500 }, { body: { ok: 1 } }] },
    expect: { status: 'COMPLETED', calls: thrice, sameKey: true, steps: { pay: 'SUCCESS' } },
  },
  {
    name: 'when the retries are used up the execution fails with the step and its code [E7 E8 E9]',
    definition: aWorkflow([calls('pay', fast), says('end', 1, needs('pay'))]),
    world: { 'POST /pay': [{ status: 500 }] },
    expect: {
      status: 'FAILED',
      error: { code: 'http_status', step: 'pay' },
      calls: thrice,
      steps: { pay: 'FAILED', end: 'SKIPPED' },
    },
  },
  {
    name: 'a refusal by the other side is not tried again [E7]',
    definition: aWorkflow([calls('pay', fast)]),
    world: { 'POST /pay': [{ status: 422 }] },
    expect: { status: 'FAILED', error: { code: 'http_status', step: 'pay' }, calls: ['POST /pay'] },
  },
  {
    name: 'a connection that breaks is a network error, and is tried again [E7]',
    definition: aWorkflow([calls('pay', fast)]),
    world: { 'POST /pay': [{ hangUp: true }, { body: {} }] },
    expect: { status: 'COMPLETED', calls: ['POST /pay', 'POST /pay'], sameKey: true },
  },
  {
    name: 'the wait before a retry is what Retry-After asks, when that is longer [E7]',
    definition: aWorkflow([calls('pay', fast)]),
    world: { 'POST /pay': [{ status: 429, headers: { 'retry-after': '1' } }, { body: {} }] },
    expect: { status: 'COMPLETED', calls: ['POST /pay', 'POST /pay'], atLeastMs: 1_000, atMostMs: 4_000 },
  },
  {
    name: 'a policy retries only what `on` names [E7]',
    definition: aWorkflow([calls('pay', { retry: { max_retries: 3, initial: 10, on: ['timeout'] } })]),
    world: { 'POST /pay': [{ status: 503 }] },
    expect: { status: 'FAILED', error: { code: 'http_status', step: 'pay' }, calls: ['POST /pay'] },
  },
  {
    name: 'a try that lasts longer than the step allows is a timeout, and can be retried [X9]',
    definition: aWorkflow([calls('slow', { timeout: 150, retry: { max_retries: 1, backoff: 'fixed', initial: 10 } })]),
    world: { 'POST /slow': [{ delayMs: 5_000 }, { body: { n: 1 } }] },
    expect: { status: 'COMPLETED', calls: ['POST /slow', 'POST /slow'], atLeastMs: 150, atMostMs: 3_000 },
  },
  {
    name: 'an address that no configuration allows is never called',
    definition: aWorkflow([
      { id: 'meta', type: 'http_request', config: { url: 'http://169.254.169.254/latest', method: 'GET' }, ...once },
    ]),
    expect: { status: 'FAILED', error: { code: 'egress_denied', step: 'meta' } },
  },
  {
    name: 'on_error continue runs the dependents, which see the error [E7 PR20]',
    definition: aWorkflow([
      calls('try', { ...once, on_error: 'continue' }),
      says('end', '${ steps.try.error.code }', needs('try')),
    ]),
    world: { 'POST /try': [{ status: 500 }] },
    expect: { status: 'COMPLETED', output: { end: 'http_status' }, steps: { try: 'FAILED', end: 'SUCCESS' } },
  },
  {
    name: 'on_error skip ends the path and not the execution [PR20]',
    definition: aWorkflow([
      calls('try', { ...once, on_error: 'skip' }),
      says('behind', 1, needs('try')),
      says('beside', 2),
    ]),
    world: { 'POST /try': [{ status: 500 }] },
    expect: { status: 'COMPLETED', steps: { try: 'FAILED', behind: 'SKIPPED', beside: 'SUCCESS' } },
  },
  {
    name: 'the output of a handler that succeeds replaces that of the step [PR20]',
    definition: aWorkflow([
      calls('try', {
        ...once,
        on_error: { steps: [says('fallback', { from: '${ error.step }', code: '${ error.code }' })] },
      }),
      says('end', '${ steps.try.output.from } ${ steps.try.output.code }', needs('try')),
    ]),
    world: { 'POST /try': [{ status: 500 }] },
    expect: {
      status: 'COMPLETED',
      output: { end: 'try http_status' },
      steps: { try: 'SUCCESS', fallback: 'SUCCESS', end: 'SUCCESS' },
    },
  },
  {
    name: 'a handler that fails fails the step with its own error [PR20]',
    definition: aWorkflow([
      calls('try', { ...once, on_error: { steps: [calls('rescue', once)] } }),
      says('end', 1, needs('try')),
    ]),
    world: { 'POST /try': [{ status: 500 }], 'POST /rescue': [{ status: 418 }] },
    expect: {
      status: 'FAILED',
      error: { code: 'http_status', step: 'rescue' },
      steps: { try: 'FAILED', rescue: 'FAILED', end: 'SKIPPED' },
    },
  },
  {
    name: 'a step that fails unhandled stops what runs beside it and starts nothing more [E8]',
    definition: aWorkflow([
      naps('nap', '1h'),
      says('never', 1, needs('nap')),
      calls('pay', once),
      calls('next', needs('pay')),
    ]),
    world: { 'POST /pay': [{ status: 400 }] },
    expect: {
      status: 'FAILED',
      error: { code: 'http_status', step: 'pay' },
      calls: ['POST /pay'],
      steps: { nap: 'SKIPPED', never: 'SKIPPED', next: 'SKIPPED' },
      atMostMs: 5_000,
    },
  },
];
