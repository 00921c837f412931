import type { AppEntry } from '../../../src/config/complete-apps.ts'
import { shell } from '../../helper.ts'

const patient = 'exec sleep 600'

/** Ends after up to a second with a code from 0 to 3. */
const whenever = 'n=$(od -An -N1 -tu1 /dev/urandom); sleep 0.$((n % 10)); exit $((n % 4))'

/** What is launched and stopped all the time: well-behaved apps, and those that make it hard to leave nothing behind. */
export const apps: Readonly<Record<string, Partial<AppEntry>>> = {
  steady: shell(`echo READY; ${patient}`),
  brief: shell('echo READY; exec sleep 0.2'),
  crash: shell('echo oops >&2; exit 3'),
  whenever: shell(`echo READY; ${whenever}`),
  'whenever.starting': shell(whenever),
  stubborn: shell("trap '' TERM; echo READY; while :; do sleep 0.1; done", { stopGraceMs: 100 }),
  family: shell(`sleep 600 & setsid -f sleep 600; echo READY; ${patient}`),
  daemons: shell(`setsid -f sh -c 'setsid -f sleep 600; sleep 600' >/dev/null 2>&1; echo READY; ${patient}`),
  'daemon.alone': shell('setsid -f sleep 600 >/dev/null 2>&1; echo READY'),
  'daemon.stubborn': shell(`setsid -f sh -c "trap '' TERM; sleep 600; sleep 600"; echo READY; ${patient}`, {
    stopGraceMs: 100
  }),
  flood: shell(`echo READY; yes flood | head -c 1000000; ${patient}`),
  'flood.starting': shell(`yes flood | head -c 200000; echo READY; ${patient}`),
  missing: { command: ['/no/such/program'] },
  late: shell(patient, { readyTimeoutMs: 150 }),
  /** Its last line is in a file, too, so that what is missing in its log is noticed. */
  counter: shell(
    'echo READY; i=0; while i=$((i + 1)); do echo "line $i"; echo $i >"$WEFT_TEST_STATE/counts/$WEFT_SESSION_ID"; sleep 0.05; done'
  )
}
