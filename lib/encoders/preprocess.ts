import type { InputManifest } from "../data/encoder-manifest.js";
import { resizeImage } from "./crop.js";
import type { Image } from "./image.js";

/** ITU-R BT.601, as image libraries turn RGB to grey. */
const luma = [0.299, 0.587, 0.114] as const;

/** The input tensor of a batch: each crop stretched to the input size, channels ordered, (x − mean) · scale. */
export function toTensor(crops: readonly Image[], input: InputManifest): Float32Array {
  const { width, height, layout, channels } = input;
  const channelCount = channelCountOf(input);
  const pixelCount = width * height;
  const tensor = new Float32Array(crops.length * channelCount * pixelCount);
  const [pixelStep, channelStep] = layout === "NCHW" ? [1, pixelCount] : [channelCount, 1];
  crops.forEach((crop, index) => {
    const { data } = resizeImage(crop, width, height);
    for (let channel = 0; channel < channelCount; channel++) {
      const mean = channelValue(input.mean, channel);
      const scale = channelValue(input.scale, channel);
      const from = channels === "BGR" ? 2 - channel : channel;
      let at = index * channelCount * pixelCount + channel * channelStep;
      for (let p = 0; p < pixelCount; p++, at += pixelStep) {
        const x =
          channels === "GRAY"
            ? Math.round(luma[0] * data[3 * p] + luma[1] * data[3 * p + 1] + luma[2] * data[3 * p + 2])
            : data[3 * p + from];
        tensor[at] = (x - mean) * scale;
      }
    }
  });
  return tensor;
}

/** The shape of the input tensor of `count` crops. */
export function tensorShape(count: number, input: InputManifest): number[] {
  const { width, height, layout } = input;
  const channelCount = channelCountOf(input);
  return layout === "NCHW" ? [count, channelCount, height, width] : [count, height, width, channelCount];
}

function channelCountOf({ channels }: InputManifest): number {
  return channels === "GRAY" ? 1 : 3;
}

function channelValue(value: number | readonly number[], channel: number): number {
  return typeof value === "number" ? value : value[channel];
}
