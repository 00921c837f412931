import type { GatewayCommand } from '../gateway-command.ts'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import { commandWords } from './words.ts'

/** A script that completes the command line of `program`, which has all its commands. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', program: GatewayCommand): string {
  const words = commandWords(program)
  switch (shell) {
    case 'bash':
      return bashScript(words)
    case 'zsh':
      // zsh runs completions of bash.
      return `autoload -Uz bashcompinit && bashcompinit\n${bashScript(words)}`
    case 'fish':
      return fishScript(words)
  }
}
