/** An OpenAPI or AsyncAPI document, or a part of one. */
export interface Node {
  [member: string]: unknown
}
