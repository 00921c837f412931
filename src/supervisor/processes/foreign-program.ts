import { readdirSync } from 'node:fs'

/** e_machine of ELF files, see elf(5), by what Node calls the architecture. */
const machines: Readonly<Record<number, string>> = {
  3: 'ia32',
  8: 'mips',
  21: 'ppc64',
  22: 's390x',
  40: 'arm',
  62: 'x64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64'
}

const ownMachines: Readonly<Record<string, readonly string[]>> = { x64: ['x64', 'ia32'], arm64: ['arm64', 'arm'] }

/** The architecture that a program is for, by its first bytes, if it is one that this machine can't run itself. */
export function foreignMachine(head: Buffer): string | undefined {
  if (head.length < 20 || head.toString('latin1', 0, 4) !== '\x7fELF') return undefined
  const machine = machines[head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18)]
  const own = ownMachines[process.arch] ?? [process.arch]
  return machine === undefined || own.includes(machine) ? undefined : machine
}

/** Whether the kernel may run such programs by an emulator; see binfmt_misc. */
export function mayEmulate(): boolean {
  try {
    return readdirSync('/proc/sys/fs/binfmt_misc').some(name => name !== 'register' && name !== 'status')
  } catch {
    return false
  }
}
