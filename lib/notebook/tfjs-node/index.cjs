"use strict";
// Stands in for @tensorflow/tfjs-node, whose install script downloads a library from outside the npm registry.
// danfojs-node needs tensors, moments and a few chained operations: the GPU add-on has them where it is installed,
// TensorFlow.js on the CPU has them everywhere else.
const chained = ["abs", "add", "cast", "div", "max", "mean", "min", "mul", "reshape", "sqrt", "square", "sub", "sum"];

function loadCore() {
  const tf = require("@tensorflow/tfjs-core");
  require("@tensorflow/tfjs-backend-cpu");
  for (const name of chained) {
    tf.Tensor.prototype[name] ??= function chain(...rest) {
      return tf[name](this, ...rest);
    };
  }
  return tf;
}

function load() {
  try {
    return require("@tensorflow/tfjs-node-gpu");
  } catch {
    return loadCore();
  }
}

module.exports = load();
