/** How options and arguments are written, from their names in the declarations. */
import type { Argument, Option } from './option.ts';

export function argumentForm(name: string, { required, variadic }: Argument<unknown>): string {
  const inside = variadic === true ? `${kebab(name)}...` : kebab(name);
  return required ? `<${inside}>` : `[${inside}]`;
}

export function optionForm(key: string, { short, value }: Option<unknown>): string {
  const placeholder = value === undefined ? '' : value.startsWith('<') ? ` ${value}` : ` <${value}>`;
  return `${short === undefined ? '' : `-${short}, `}${longForm(key)}${placeholder}`;
}

export function longForm(key: string): string {
  return `--${kebab(key)}`;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
