// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import org.bytedeco.javacpp.PointerScope;

/** A way to do the work in libtorch: passes over the sample, timed from the first full window. */
abstract class LibtorchContender implements Contender {
  private static final double NANOS = 20e6;

  final Sample sample;
  final LibtorchNetwork network;
  private final String name;

  LibtorchContender(String name, Sample sample) {
    this.name = name;
    this.sample = sample;
    try (var _ = new PointerScope()) {
      this.network = new LibtorchNetwork(sample);
    }
  }

  /**
   * One pass over the sample, the state having begun as zeros.
   *
   * @return the nanoseconds that its updates took
   */
  abstract long pass(boolean update);

  @Override
  public String name() {
    return name;
  }

  @Override
  public float[] gradient() {
    pass(false);
    try (var _ = new PointerScope()) {
      return network.gradient();
    }
  }

  @Override
  public double measure() {
    int passes = 0;
    double nanos = 0;
    while (nanos < NANOS) {
      nanos += pass(sample.shape().family().adam());
      passes++;
    }
    return nanos / passes / sample.updates() / 1e3;
  }

  @Override
  public void close() {
    network.close();
  }
}
