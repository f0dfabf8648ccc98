/** The address of a file of the package, by its path below it, as `samples/samples.json`. */
export function file(path: string): string
