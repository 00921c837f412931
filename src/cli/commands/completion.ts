import { Argument } from 'commander'
import type { GatewayCommand } from '../gateway-command.ts'

export function define(command: GatewayCommand): void {
  command
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices(['bash', 'zsh', 'fish']))
    .note('It completes commands, options and their values, the apps of the catalogue, and the ids of live sessions.')
    .example('source <(weft-gateway completion bash)', 'in ~/.bashrc, and with zsh in ~/.zshrc after compinit')
    .example('weft-gateway completion fish > ~/.config/fish/completions/weft-gateway.fish', 'for fish')
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const [{ defineProgram }, { completionScript }] = await Promise.all([
        import('../program.ts'),
        import('../completion/script.ts')
      ])
      process.stdout.write(completionScript(shell, await defineProgram()))
    })
}
