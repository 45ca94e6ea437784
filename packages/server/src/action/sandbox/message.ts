/** What the pool and its threads say to each other. */

export type FunctionCall = {
  /** An ES module whose default export is called. */
  readonly code: string;
  /** JSON text. */
  readonly input: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** The one time the code can see, in milliseconds since the epoch. */
  readonly now: number;
  /** The same seed gives the same `Math.random()`. */
  readonly seed: string;
  readonly maxResultBytes: number;
};

export type FunctionErrorCode = 'function_error' | 'timeout' | 'out_of_memory' | 'output_too_large';

export type FunctionReply =
  | { readonly result: string }
  | {
      readonly error: { readonly code: FunctionErrorCode; readonly message: string; readonly line?: number };
      /** The virtual machine may be damaged or has taken its memory: the thread is not to be used again. */
      readonly recycle: boolean;
    };

/** The first message of a thread: it can take calls. */
export const ready = 'ready';
