// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

/** Unspool itself. */
final class Unspool implements Contender {
  private static final double NANOS = 20e6;

  private final Workload work;
  private int batch = 1;

  Unspool(Sample sample, int threads) {
    this.work = new Workload(sample, threads);
  }

  @Override
  public String name() {
    return "unspool";
  }

  @Override
  public float[] gradient() {
    return work.gradient();
  }

  @Override
  public double measure() {
    long start = System.nanoTime();
    for (int i = 0; i < batch; i++) {
      work.update();
    }
    double nanos = (double) (System.nanoTime() - start) / batch;
    batch = Math.max(1, (int) (NANOS / nanos));
    return nanos / 1e3;
  }

  @Override
  public void close() {
    work.close();
  }
}
