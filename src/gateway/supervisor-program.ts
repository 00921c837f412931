const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/**
 * The file of the supervisor's program: compiled if the gateway is. This file is as deep as the chunks of compiled code,
 * so that the path holds for both.
 */
export const supervisorProgram = new URL(`../supervisor/main.${extension}`, import.meta.url).pathname
