/** The expression language, as the rest of the product uses it. */
export { compileExpression } from './compile-expression.ts';
export * from './expression.ts';
export { reservedWords } from './parser.ts';
export { compileTemplate } from './template.ts';
