/** Questions. They are asked on stderr, and never where nobody can answer. */
import { confirm, isCancel, password, text } from '@clack/prompts';
import { interrupted, usageFailure } from '../failure/failure.ts';
import { plainText } from '../output/plain-text.ts';
import type { Context } from '../program/context.ts';

/** Goes on when the answer is yes; whoever says no ends the command. */
export async function mustConfirm(context: Context, question: string): Promise<void> {
  if (context.saidYes) return;
  if (!context.canAsk) throw usageFailure(`${question} Nobody can be asked here.`, 'Say yes beforehand with --yes.');
  const { signal, world } = context;
  const answer = await confirm({ message: plainText(question), initialValue: false, signal, output: world.stderr });
  if (isCancel(answer) || !answer) throw interrupted();
}

/** Null when nobody can be asked. */
export async function askSecret(context: Context, message: string): Promise<string | null> {
  if (!context.canAsk) return null;
  return answered(await password({ message, signal: context.signal, output: context.world.stderr }));
}

export async function askText(context: Context, message: string, initialValue: string): Promise<string> {
  if (!context.canAsk) return initialValue;
  return answered(await text({ message, initialValue, signal: context.signal, output: context.world.stderr }));
}

function answered(answer: string | symbol): string {
  if (typeof answer === 'symbol') throw interrupted();
  return answer;
}
