/** A command line that says nothing that can be done. */
export class WrongUsage extends Error {}
