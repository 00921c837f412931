/** A command of a page, and the lines that the page has it print. */
export interface Step {
  readonly line: number
  readonly command: string
  readonly output: readonly string[]
}

/** The commands of each `console` and `sh` block of a page, in their order. */
export function stepsOf(text: string): Step[][] {
  return [...text.matchAll(/^```(?:console|sh)\n(.*?)^```$/gms)].map(({ 1: block = '', index }) => {
    const line = text.slice(0, index).split('\n').length + 1
    const steps: { line: number; command: string; output: string[] }[] = []
    for (const [offset, content] of block.trimEnd().split('\n').entries()) {
      if (content.startsWith('$ ')) steps.push({ line: line + offset, command: content.slice(2), output: [] })
      else steps.at(-1)?.output.push(content)
    }
    return steps
  })
}

/** A line without what differs in each run: names that are made up, numbers, times, and the width of columns. */
export function withoutValues(line: string): string {
  return line
    .replaceAll(/weft_[\w-]{43}/g, 'TOKEN')
    .replaceAll(/sha256:[0-9a-f]{64}/g, 'HASH')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/"epoch":"[\w-]+"/g, '"epoch":"EPOCH"')
    .replaceAll(/\b[\w-]{6}\.\d+(?=")/g, 'EPOCH.0')
    .replaceAll(/(?<=id: )[\w-]{6}\.\d+$/g, 'EPOCH.0')
    .replaceAll(/\/\S*\/(?=gateway\.db)/g, '/FOLDER/')
    .replaceAll(/\d+(\.\d+)?/g, '0')
    .replaceAll(/\s+/g, ' ')
    .trimEnd()
}

/** Commands that go on until they are ended. */
export const goesOn = (command: string) => /^weft-gateway serve|\bcurl \S*N\b|--follow|--watch/.test(command)

/** Whether all lines are there, in their order; a program that goes on may print more, before and between. */
export function hasInOrder(output: readonly string[], wanted: readonly string[]): boolean {
  let next = 0
  for (const line of output) if (next < wanted.length && line === wanted[next]) next += 1
  return next === wanted.length
}
