/** The tree to code. Each topic has a file of its own; this one only leads to it. */
import type { Code, Compilation } from './code.ts';
import { compileCall } from './compile-call.ts';
import { compileBind, compileComprehension } from './compile-comprehension.ts';
import { compileList, compileMap } from './compile-literal.ts';
import { compileBinary, compileConditional, compileLogic, compileUnary } from './compile-operator.ts';
import { compileHas, compileIndex, compileName, compileSelect } from './compile-path.ts';
import type { Environment } from './environment.ts';
import type { Node } from './syntax.ts';

export function compileTree(source: string, environment: Environment, node: Node): Code {
  return compileAny({ source, environment, compile: compileAny }, node);
}

function compileAny(compilation: Compilation, node: Node): Code {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return compileName(compilation, node);
    case 'select':
      return compileSelect(compilation, node);
    case 'index':
      return compileIndex(compilation, node);
    case 'call':
      return compileCall(compilation, node);
    case 'list':
      return compileList(compilation, node);
    case 'map':
      return compileMap(compilation, node);
    case 'unary':
      return compileUnary(compilation, node);
    case 'logic':
      return compileLogic(compilation, node);
    case 'binary':
      return compileBinary(compilation, node);
    case 'conditional':
      return compileConditional(compilation, node);
    case 'has':
      return compileHas(compilation, node);
    case 'comprehension':
      return compileComprehension(compilation, node);
    case 'bind':
      return compileBind(compilation, node);
  }
}
