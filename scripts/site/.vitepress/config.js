import { readFileSync } from 'node:fs'
import { sidebar } from '../pages.ts'

const repository = 'https://github.com/weft-gateway/weft-gateway'
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))

export default {
  title: 'weft-gateway',
  description: 'Launches, watches and stops app sessions over HTTP and WebSocket',
  lang: 'en',
  srcDir: '.pages',
  outDir: 'dist',
  cleanUrls: false,
  ignoreDeadLinks: false,
  // The library of the diagrams is large; only pages with a diagram load it.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  markdown: { config: extend, theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    nav: [
      { text: 'Get started', link: '/get-started' },
      { text: 'By task', link: '/launch-and-wait' },
      { text: 'Reference', link: '/reference' },
      { text: version, link: '/changelog' }
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    footer: { message: 'MIT License' }
  }
}

function extend(markdown) {
  keepBraces(markdown)
  drawMermaid(markdown)
}

/** Vue would take `{{` in code for the beginning of an expression. */
function keepBraces(markdown) {
  const code = markdown.renderer.rules.code_inline
  markdown.renderer.rules.code_inline = (tokens, index, ...rest) => {
    tokens[index].attrSet('v-pre', '')
    return code(tokens, index, ...rest)
  }
}

/** Diagrams are drawn in the browser; without JavaScript their text is shown. */
function drawMermaid(markdown) {
  const fence = markdown.renderer.rules.fence
  markdown.renderer.rules.fence = (...args) => {
    const [tokens, index] = args
    const { info, content } = tokens[index]
    if (info.trim() !== 'mermaid') return fence(...args)
    return `<MermaidDiagram code="${encodeURIComponent(content)}" />`
  }
}
