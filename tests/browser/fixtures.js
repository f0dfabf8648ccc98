/** PyTorch's fixtures (tests/reference), for specs that hold the engine or an element to them. */
import { readFile } from 'node:fs/promises'

const FIXTURES = new URL('../reference/fixtures/', import.meta.url)

/** @param {string} name of a file */
export async function fixture(name) {
  return { name, mimeType: 'application/octet-stream', buffer: await readFile(new URL(name, FIXTURES)) }
}

/** A safetensors file's tensor. @param {Buffer} file @param {string} name @returns {{shape: number[], bytes: Buffer}} */
export function tensor(file, name) {
  const length = Number(file.readBigUInt64LE(0))
  const { shape, data_offsets: [from, to] } = JSON.parse(file.subarray(8, 8 + length).toString())[name]
  return { shape, bytes: file.subarray(8 + length + from, 8 + length + to) }
}

/** Its numbers, in f32. @param {Buffer} file @param {string} name */
export function numbers(file, name) {
  const { shape, bytes } = tensor(file, name)
  // A copy: within the file it may begin anywhere.
  return { shape, values: new Float32Array(Uint8Array.from(bytes).buffer) }
}
