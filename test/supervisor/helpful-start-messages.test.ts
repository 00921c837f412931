import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type FailedStart, testFailedStarts } from './failed-starts.ts'

const folder = mkdtempSync(join(tmpdir(), 'weft-'))
t.teardown(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string | Buffer, mode = 0o755): string {
  const path = join(folder, name)
  writeFileSync(path, content, { mode })
  return path
}

/** The head of a program for a machine that this is not. */
function foreignProgram(): Buffer {
  const head = Buffer.alloc(128)
  head.write('\x7fELF\x02\x01\x01', 'latin1')
  head.writeUInt16LE(2, 16)
  head.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18)
  return head
}

const run = ['sleep', '60']

const failures: Record<string, FailedStart> = {
  'a program that is not installed': [
    { command: ['nosuch-server'] },
    /^there is no program 'nosuch-server' on the PATH \//
  ],
  'a program that is not there': [{ command: ['/nowhere/server'] }, /^there is no program \/nowhere\/server$/],
  'a script that is not executable': [
    { command: [file('plain.py', '#!/usr/bin/python3\n', 0o644)] },
    /plain\.py is not executable: chmod \+x, or name its interpreter first$/
  ],
  'a script without its interpreter': [
    { command: [file('lost', '#!/opt/nowhere/ruby\n')] },
    /lost needs the interpreter \/opt\/nowhere\/ruby, which is not there/
  ],
  'a script that names no interpreter': [
    { command: [file('bare', 'echo hello\n')] },
    /bare can't be run: its first line names no interpreter, as #!\/bin\/sh does/
  ],
  'a script with the line ends of Windows': [
    { command: [file('dos', '#!/bin/sh\r\necho hello\r\n')] },
    /the first line of .*dos ends in a carriage return/
  ],
  'a program for another machine': [
    { command: [file('foreign', foreignProgram())] },
    new RegExp(`foreign is for (arm64|x64), and this machine is ${process.arch}`)
  ],
  'a folder in place of a program': [{ command: [folder] }, /is a folder, not a program$/],
  'a working folder that is not there': [
    { command: run, cwd: '/nowhere' },
    /^the working folder \/nowhere is not there or not a folder$/
  ],
  'a user that the machine does not know': [
    { command: run, user: 'nosuchuser' },
    /^there is no user 'nosuchuser' in \/etc\/passwd$/
  ],
  'a dotenv file that is not there': [
    { command: run, envFile: '/nowhere/.env' },
    /^envFile: there is no such file: \/nowhere\/\.env$/
  ],
  'a dotenv file that is none': [
    { command: run, envFile: file('binary.env', 'A=\0') },
    /^envFile: a variable can't have the NUL byte of .*binary\.env$/
  ],
  'a secret that is not there': [
    { command: run, secrets: { PGPASSWORD: { file: '/nowhere/pg' } } },
    /^secrets\.PGPASSWORD: there is no such file: \/nowhere\/pg$/
  ],
  'an argument that is too long': [{ command: ['echo', 'x'.repeat(200_000)] }, /echo can't be run: .*E2BIG/]
}

testFailedStarts(t, 'what could not be started is said with its file', failures)
