/**
 * JavaScript of users in QuickJS, compiled to WebAssembly: it has no way to the host but what is put into it, and nothing
 * is put into it. One module is kept for each memory limit; each call has a runtime of its own, so nothing survives a call.
 *
 * Time: QuickJS asks the thread's `Date.now`, which stands still at the call's `now`. Its `Math.random` is seeded from that
 * clock when a context is made, so the clock shows the seed just then.
 */
import { createHash } from 'node:crypto';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  type QuickJSWASMModule,
  RELEASE_SYNC,
  Scope,
} from 'quickjs-emscripten';
import { harness } from './harness.ts';
import type { FunctionCall, FunctionReply } from './message.ts';

export type VirtualMachine = { run(call: FunctionCall): Promise<FunctionReply> };

const pagesPerMb = 16;
/** The interpreter's own data and stack, on top of what the function may use. */
const overheadPages = 4 * pagesPerMb;
/** What the module asks for at least. */
const minPages = 256;
const maxModules = 4;
/** Deeper recursion is an error inside; the thread has the native stack for it (`resourceLimits` in the pool). */
const stackBytes = 256 * 1024;
const fileName = 'function.js';

/** Takes over `Date` of the thread it is made in: only for a thread that does nothing else. */
export function createVirtualMachine(): VirtualMachine {
  const clock = stopClock();
  const modules = new Map<number, Promise<Module>>();
  return {
    async run(call) {
      let module = modules.get(call.memoryMb);
      if (!module) {
        const [oldest] = modules.keys();
        if (modules.size >= maxModules && oldest !== undefined) modules.delete(oldest);
        module = loadModule(call.memoryMb);
        modules.set(call.memoryMb, module);
      }
      return runIn(await module, call, clock);
    },
  };
}

type Clock = { show(ms: number): void };

function stopClock(): Clock {
  let shown = 0;
  Date.now = () => shown;
  // Local time is UTC, wherever the server stands.
  Date.prototype.getTimezoneOffset = () => 0;
  return {
    show: (ms) => {
      shown = ms;
    },
  };
}

type Module = { readonly quickjs: QuickJSWASMModule; readonly memory: WebAssembly.Memory };

/** The bounded memory is the limit that holds: QuickJS's own does not count what its allocator wastes on small pieces. */
async function loadModule(memoryMb: number): Promise<Module> {
  const maximum = Math.max(minPages, memoryMb * pagesPerMb + overheadPages);
  const memory = new WebAssembly.Memory({ initial: minPages, maximum });
  return { quickjs: await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory: memory })), memory };
}

function runIn(module: Module, call: FunctionCall, clock: Clock): FunctionReply {
  try {
    const runtime = module.quickjs.newRuntime();
    runtime.setMemoryLimit(call.memoryMb * 1024 * 1024);
    runtime.setMaxStackSize(stackBytes);
    clock.show(seedTime(call.seed));
    const context = runtime.newContext();
    clock.show(call.now);
    const reply = evaluate(runtime, context, call, module.memory);
    // After running out of time or memory the heap may be half built, and freeing it can abort: the thread goes with it.
    if ('result' in reply || !reply.recycle) {
      context.dispose();
      runtime.dispose();
    }
    return reply;
  } catch (error) {
    return { error: hostFailure(error), recycle: true };
  }
}

function evaluate(
  runtime: QuickJSRuntime,
  context: QuickJSContext,
  call: FunctionCall,
  memory: WebAssembly.Memory,
): FunctionReply {
  const deadline = performance.now() + call.timeoutMs;
  let isLate = false;
  runtime.setInterruptHandler(() => {
    isLate ||= performance.now() > deadline;
    return isLate;
  });
  return Scope.withScope((scope) => {
    const own = scope.manage(context.unwrapResult(context.evalCode(harness, 'harness.js')));
    const [run, describe] = [scope.manage(context.getProp(own, 0)), scope.manage(context.getProp(own, 1))];
    const outcome = settle(scope, runtime, context, () => callMain(scope, runtime, context, run, call));
    if (isLate) return failed('timeout', `The function ran longer than ${call.timeoutMs} ms`, true);
    if ('value' in outcome) return resultOf(context, outcome.value, call);
    if (outcome.error === undefined)
      return failed('function_error', 'The function returned a promise that never settles');
    return thrown(context, describe, outcome.error, { call, memory, isLate: () => isLate });
  });
}

type Outcome = { readonly value: QuickJSHandle } | { readonly error: QuickJSHandle | undefined };
type Result = { readonly value: QuickJSHandle; readonly error?: undefined } | { readonly error: QuickJSHandle };

function callMain(
  scope: Scope,
  runtime: QuickJSRuntime,
  context: QuickJSContext,
  run: QuickJSHandle,
  call: FunctionCall,
): Result {
  const loaded = settle(scope, runtime, context, () => context.evalCode(call.code, fileName, { type: 'module' }));
  if ('error' in loaded)
    return { error: loaded.error ?? scope.manage(context.newString('The module never finished loading')) };
  const main = scope.manage(context.getProp(loaded.value, 'default'));
  const input = scope.manage(context.newString(call.input));
  const now = scope.manage(context.newNumber(call.now));
  return context.callFunction(run, context.undefined, main, input, now);
}

/** Runs what may give a promise, and all jobs after it. No error handle: the promise waits for something that never comes. */
function settle(scope: Scope, runtime: QuickJSRuntime, context: QuickJSContext, work: () => Result): Outcome {
  const result = work();
  if (result.error) return { error: scope.manage(result.error) };
  const value = scope.manage(result.value);
  const jobs = runtime.executePendingJobs();
  if (jobs.error) return { error: scope.manage(jobs.error) };
  const state = context.getPromiseState(value);
  if (state.type === 'pending') return { error: undefined };
  if (state.type === 'rejected') return { error: scope.manage(state.error) };
  return { value: state.notAPromise ? value : scope.manage(state.value) };
}

function resultOf(context: QuickJSContext, value: QuickJSHandle, { maxResultBytes }: FunctionCall): FunctionReply {
  const result = context.getString(value);
  const size = Buffer.byteLength(result);
  if (size <= maxResultBytes) return { result };
  return failed('output_too_large', `The result has ${size} bytes as JSON; at most ${maxResultBytes} can be kept`);
}

type Circumstances = {
  readonly call: FunctionCall;
  readonly memory: WebAssembly.Memory;
  readonly isLate: () => boolean;
};

function thrown(
  context: QuickJSContext,
  describe: QuickJSHandle,
  error: QuickJSHandle,
  at: Circumstances,
): FunctionReply {
  const outOfMemory = failed('out_of_memory', `The function used more than ${at.call.memoryMb} MB`, true);
  const isEmpty = context.typeof(error) === 'undefined' || context.sameValue(error, context.null);
  // With no memory left even the error cannot be made, and nothing is thrown.
  if (isEmpty && at.memory.buffer.byteLength > at.call.memoryMb * 0.75 * 1024 * 1024) return outOfMemory;
  const described = context.callFunction(describe, context.undefined, error);
  if (at.isLate()) return failed('timeout', `The function ran longer than ${at.call.timeoutMs} ms`, true);
  if (described.error) {
    described.error.dispose();
    return failed('function_error', 'The function threw a value that cannot be shown', true);
  }
  const facts = JSON.parse(described.value.consume((text) => context.getString(text))) as Thrown;
  if (facts.name === 'InternalError' && facts.message === 'out of memory') return outOfMemory;
  return { error: { code: 'function_error', ...inTheirWords(facts) }, recycle: false };
}

type Thrown = { readonly name: string; readonly message: string; readonly stack: string };

function inTheirWords({ name, message, stack }: Thrown): { message: string; line?: number } {
  const line = new RegExp(`${fileName}:(\\d+)`).exec(stack)?.[1];
  const text = name && name !== 'Error' ? `${name}: ${message}` : message;
  return line ? { message: `${text} (line ${line})`, line: Number(line) } : { message: text };
}

/** WebAssembly itself gave up: the native stack, or an assertion of the interpreter. */
function hostFailure(error: unknown): { code: 'function_error' | 'out_of_memory'; message: string } {
  const isStack = error instanceof RangeError && error.message.includes('call stack');
  if (isStack) return { code: 'function_error', message: 'InternalError: stack overflow' };
  const isMemory =
    error instanceof Error && /out of memory|memory access out of bounds|Aborted|OOM/i.test(error.message);
  if (isMemory) return { code: 'out_of_memory', message: 'The function used more memory than it may' };
  return { code: 'function_error', message: 'The function broke its sandbox and was stopped' };
}

function failed(
  code: 'function_error' | 'timeout' | 'out_of_memory' | 'output_too_large',
  message: string,
  recycle = false,
): FunctionReply {
  return { error: { code, message }, recycle };
}

/** A time that stands for the seed, small enough to be exact in microseconds. */
function seedTime(seed: string): number {
  return createHash('sha256').update(seed).digest().readUIntBE(0, 5) + 1;
}
