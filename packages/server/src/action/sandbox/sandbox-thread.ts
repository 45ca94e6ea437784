/** The thread of the sandbox: one call at a time, one answer for each. */
import { parentPort } from 'node:worker_threads';
import { type FunctionCall, ready } from './message.ts';
import { createVirtualMachine } from './virtual-machine.ts';

if (!parentPort) throw new Error('this file is started by the pool of the sandbox, as a thread');
const port = parentPort;
const machine = createVirtualMachine();

port.on('message', (call: FunctionCall) => {
  machine.run(call).then(
    (reply) => port.postMessage(reply),
    // The module cannot be loaded, which no function can cause: the thread ends, and the pool says so.
    (error: unknown) => {
      throw error;
    },
  );
});
port.postMessage(ready);
