/**
 * Fill `order` with the indices that bring 32-bit keys into ascending order, equal ones as they stand: three passes of 11 bits, in linear time.
 *
 * @param spare as long as `order`; what it holds is lost.
 * @see Knuth 1998, The Art of Computer Programming 3, section 5.2.5
 */
export function radixOrderInto(order: Uint32Array, keys: Uint32Array, spare: Uint32Array): void {
  const places = new Uint32Array(2049);
  for (let i = 0; i < order.length; i++) order[i] = i;
  let [from, to] = [order, spare];
  for (const shift of [0, 11, 22]) {
    places.fill(0);
    for (let i = 0; i < keys.length; i++) places[((keys[i] >>> shift) & 2047) + 1]++;
    for (let digit = 0; digit < 2048; digit++) places[digit + 1] += places[digit];
    for (let i = 0; i < keys.length; i++) to[places[(keys[from[i]] >>> shift) & 2047]++] = from[i];
    [from, to] = [to, from];
  }
  order.set(from); // after three passes the order stands in the spare list
}
