/** What a command is given: settings, streams, the server, and the wish to stop. */
import type { Messages } from '../output/messages.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import type { World } from '../world.ts';
import type { Command, CommandGroup } from './command.ts';

export type Context = {
  readonly world: World;
  readonly settings: Settings;
  readonly output: Output;
  readonly messages: Messages;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** False with `--no-input`, and where nobody sits at a terminal. */
  readonly canAsk: boolean;
  /** Every question of the kind "really?" was answered beforehand. */
  readonly saidYes: boolean;
  /** All commands there are, for those that speak about them. */
  readonly commands: readonly (Command | CommandGroup)[];
};
