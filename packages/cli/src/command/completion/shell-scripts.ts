/** The completion of each shell. All words are ours and known beforehand: nothing is asked of a server while somebody types. */
import type { Completed } from './completion.ts';

/** Both find the commands among the words before the cursor by going along the table, as far as it goes. */
export function bashScript(words: readonly Completed[]): string {
  return `# Completion of cloudflow for bash. Printed by \`cloudflow completion bash\`.
_cloudflow() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${pathsOf(words).map(quoted).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${[...byPath(words)].map(([path, all]) => `    ${quoted(path)}) COMPREPLY=($(compgen -W ${quoted(all.map(({ word }) => word).join(' '))} -- "$current")) ;;`).join('\n')}
  esac
  [[ \${#COMPREPLY[@]} -gt 0 ]] || compopt -o default
}
complete -F _cloudflow cloudflow
`;
}

export function zshScript(words: readonly Completed[]): string {
  return `#compdef cloudflow
# Completion of cloudflow for zsh. Printed by \`cloudflow completion zsh\`.
_cloudflow() {
  local at="" word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
      ${pathsOf(words).map(quoted).join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${[...byPath(words)].map(([path, all]) => `    ${quoted(path)}) found=(${all.map(({ word, text }) => quoted(`${word}:${text}`)).join(' ')}) ;;`).join('\n')}
  esac
  _describe 'cloudflow' found || _files
}
if [ "\${funcstack[1]}" = "_cloudflow" ]; then _cloudflow "$@"; else compdef _cloudflow cloudflow; fi
`;
}

export function fishScript(words: readonly Completed[]): string {
  const lines = words.map(({ path, word, text }) => {
    const condition = `-n ${quoted(`__cloudflow_at ${path}`.trim())}`;
    const form = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
    return `complete -c cloudflow ${condition} ${form} -d ${quoted(text)}`;
  });
  return `# Completion of cloudflow for fish. Printed by \`cloudflow completion fish\`.
set -g __cloudflow_paths ${pathsOf(words).map(quoted).join(' ')}
function __cloudflow_at
  set -l path
  for word in (commandline -opc)[2..]
    contains -- (string join ' ' $path $word) $__cloudflow_paths; and set -a path $word
  end
  test (string join ' ' $path) = (string join ' ' $argv)
end
${lines.join('\n')}
`;
}

/** Every command and group as the words that lead to it. */
function pathsOf(words: readonly Completed[]): readonly string[] {
  const isCommand = ({ path, word }: Completed) => !word.startsWith('-') && !path.includes(' ');
  const all = words.filter(isCommand).map(({ path, word }) => `${path} ${word}`.trim());
  const known = new Set(words.map(({ path }) => path));
  return all.filter((path) => known.has(path));
}

function byPath(words: readonly Completed[]): ReadonlyMap<string, readonly Completed[]> {
  return Map.groupBy(words, ({ path }) => path);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
