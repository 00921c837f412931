/** From packages of this folder, which only some tests need. */
export { DiagnosticSeverity, Parser } from '@asyncapi/parser'
