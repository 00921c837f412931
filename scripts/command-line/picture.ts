/** What colours of a terminal become; they can be read on the dark ground of the picture. */
const colours: Readonly<Record<string, string>> = {
  '1': 'font-weight="bold"',
  '2': 'fill="#8b949e"',
  '31': 'fill="#ff7b72"',
  '32': 'fill="#7ee787"',
  '33': 'fill="#e3b341"',
  '36': 'fill="#79c0ff"'
}

const lineHeight = 20
const characterWidth = 8.4
const margin = 16

const escapeCharacter = '\u001b'
const sequence = new RegExp(`${escapeCharacter}\\[([0-9;]*)m`)

/** An SVG of lines of a terminal, with their colours. */
export function pictureOf(lines: readonly string[], columns: number): string {
  const width = Math.ceil(columns * characterWidth) + 2 * margin
  const height = lines.length * lineHeight + 2 * margin
  const texts = lines.map(
    (line, index) => `<text x="${margin}" y="${margin + (index + 0.7) * lineHeight}">${spansOf(line)}</text>`
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" role="img" aria-label="Sessions on a terminal">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" fill="#e6edf3">
${texts.join('\n')}
</g>
</svg>
`
}

/** The texts of such a picture, line by line. */
export function linesOf(picture: string): string[] {
  return [...picture.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text = '']) =>
    text
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&amp;', '&')
  )
}

function spansOf(line: string): string {
  const [first = '', ...parts] = line.split(sequence)
  let spans = escaped(first)
  // The codes and the texts after them take turns.
  for (let index = 0; index < parts.length; index += 2) {
    const style = colours[parts[index] ?? '']
    const text = escaped(parts[index + 1] ?? '')
    spans += style && text ? `<tspan ${style}>${text}</tspan>` : text
  }
  return spans
}

/** Several spaces in a row would be drawn as one. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', '\u00a0')
}
