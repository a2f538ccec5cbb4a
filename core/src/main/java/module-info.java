// SPDX-License-Identifier: Apache-2.0
import org.jspecify.annotations.NullMarked;

/** Truncated backpropagation through time for sequences too long to hold. */
@NullMarked
@SuppressWarnings("module") // unspool-torch is compiled after this
module dev.unspool {
  requires transitive dev.unspool.predict;
  requires static transitive org.jspecify;
  requires static jdk.incubator.vector;
  requires com.google.gson;
  requires de.siegmar.fastcsv;
  requires ejml.core;
  requires ejml.ddense;

  exports dev.unspool.model;
  exports dev.unspool.step;
  exports dev.unspool.cell;
  exports dev.unspool.network;
  exports dev.unspool.engine;
  exports dev.unspool.tbptt;
  exports dev.unspool.rtrl;
  exports dev.unspool.loss;
  exports dev.unspool.optimizer;
  exports dev.unspool.jacobian;
  exports dev.unspool.lm;
  exports dev.unspool.narx;
  exports dev.unspool.data;
  exports dev.unspool.inference;
  exports dev.unspool.baseline;
  exports dev.unspool.score;
  exports dev.unspool.train;
  exports dev.unspool.online;
  exports dev.unspool.checkpoint;
  exports dev.unspool.onnx;

  provides dev.unspool.predict.StepEngine with
      dev.unspool.inference.KernelSteps;

  exports dev.unspool.program to
      dev.unspool.torch; // which writes programs down as TorchScript
}
