/** The one thing of WebAssembly that is used here; the library of types that has it would bring the whole browser along. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum: number });
    readonly buffer: ArrayBuffer;
  }
}
