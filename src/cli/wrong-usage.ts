/** The command line is not valid. */
export class WrongUsage extends Error {}
