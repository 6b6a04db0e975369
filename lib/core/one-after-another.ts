/** Let calls wait for those before them: each begins when the last has ended, however that ended. */
export function oneAfterAnother<Given extends unknown[], Result>(
  work: (...given: Given) => Promise<Result>,
): (...given: Given) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (...given) => {
    const own = last.then(() => work(...given));
    last = own.catch(() => undefined);
    return own;
  };
}
