/** An error whose message says what was given, what was needed and what to do. Commands print it without a stack. */
export abstract class FacebridgeError extends Error {
  abstract override readonly name: string;
}

/** Sizes disagree. */
export class ShapeError extends FacebridgeError {
  override readonly name = "ShapeError";
}

/** A bad option, or a value that is not finite. */
export class ValueError extends FacebridgeError {
  override readonly name = "ValueError";
}

/** A file, hash, schema or download is not what it should be. */
export class DataError extends FacebridgeError {
  override readonly name = "DataError";
}

/** A map was scored on an identity that it was fitted on. */
export class SplitError extends FacebridgeError {
  override readonly name = "SplitError";
}

/** The licence of what was asked for was not accepted. */
export class LicenceError extends FacebridgeError {
  override readonly name = "LicenceError";
}
