/** Colour, where the reader has it. It never carries a meaning that the words do not. */
import { styleText } from 'node:util';

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';
export type Paint = (style: Style, text: string) => string;

export const plainPaint: Paint = (_style, text) => text;

export function createPaint(inColor: boolean): Paint {
  return inColor ? (style, text) => styleText(style, text, { validateStream: false }) : plainPaint;
}
