/** Names of blocks that a document chooses itself: branches and options. */
import type { TypeCompiler } from './control-type.ts';
import { pointerTo } from './pointer.ts';

/** The other blocks of a step are found under its path by these names. */
const namesOfOtherBlocks: readonly string[] = ['error', 'compensate'];

/** `what` is said of the name: `a branch`, `an option`. */
export function refuseReservedName(
  what: string,
  name: string,
  { pointer, step }: { readonly pointer: string; readonly step: TypeCompiler },
): void {
  if (!namesOfOtherBlocks.includes(name)) return;
  step.error({
    code: 'reserved_name',
    pointer: pointerTo(pointer, name),
    message: `${what} may not be called \`${name}\`: in the path of a step, this is the block of \`${name === 'error' ? 'on_error' : name}\``,
  });
}
