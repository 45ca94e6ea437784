/**
 * The code that surrounds a user's function inside the virtual machine. It runs before theirs and keeps the built-ins it
 * needs, so that a function that changes `JSON` or a prototype spoils nothing but its own result.
 *
 * It evaluates to `[run, describe]`. Values that JSON would drop or change without a word are refused with their key;
 * what JSON defines is kept: dates become ISO strings, undefined fields are left out, an undefined result is null.
 */
export const harness = `(() => {
  const { parse, stringify } = JSON;
  const { isFinite } = Number;
  const { freeze } = Object;
  const { isView } = ArrayBuffer;
  const TypeFault = TypeError;
  const lossy = [Map, Set, WeakMap, WeakSet, WeakRef, Promise, RegExp, ArrayBuffer, Error];
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;

  const refuse = (key, what) => {
    throw new TypeFault('the result holds ' + what + (key === '' ? '' : ' at ' + stringify(key)) + ', which is not JSON');
  };
  const check = (key, value) => {
    switch (typeof value) {
      case 'number': if (!isFinite(value)) refuse(key, '' + value); break;
      case 'bigint': refuse(key, 'a BigInt'); break;
      case 'function': refuse(key, 'a function'); break;
      case 'symbol': refuse(key, 'a symbol'); break;
      case 'object':
        if (value === null) break;
        if (isView(value)) refuse(key, 'binary data');
        for (let i = 0; i < lossy.length; i++) if (value instanceof lossy[i]) refuse(key, 'an instance of ' + lossy[i].name);
    }
    return value;
  };

  const run = async (main, input, now) => {
    if (typeof main !== 'function') throw new TypeFault('the code must have a default export that is a function');
    const result = await main(parse(input), freeze({ now }));
    const text = stringify(result === undefined ? null : result, check);
    return text === undefined ? 'null' : text;
  };
  const describe = (thrown) => {
    const object = typeof thrown === 'object' && thrown !== null;
    const message = object ? (typeof thrown.message === 'string' ? thrown.message : stringify(thrown)) : String(thrown);
    return stringify({
      name: object && typeof thrown.name === 'string' ? thrown.name.slice(0, 100) : '',
      message: String(message).slice(0, 2000),
      stack: object && typeof thrown.stack === 'string' ? thrown.stack.slice(0, 4000) : '',
    });
  };
  return [run, describe];
})()`;
