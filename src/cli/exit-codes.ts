/** What the exit codes of the command line mean. 64, 77 and 78 are those of sysexits.h. */
export const exitCodes = {
  0: 'done, also with warnings',
  1: 'failed; the reason is on stderr',
  3: 'there is no such session or app',
  4: 'the launch failed: the session ended before it was ready',
  5: 'the gateway can’t be reached',
  64: 'wrong usage: an unknown command or option, an invalid value',
  77: 'refused: the token is missing, wrong or lacks a scope, or the host',
  78: 'the configuration has faults',
  130: 'ended by Ctrl-C'
} as const

export type ExitCode = keyof typeof exitCodes
