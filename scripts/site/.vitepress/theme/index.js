import DefaultTheme from 'vitepress/theme'
import './style.css'
import MermaidDiagram from './mermaid-diagram.js'

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => app.component('MermaidDiagram', MermaidDiagram)
}
