// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

/** Unspool itself. */
final class Unspool implements Contender {
  private static final double NANOS = 20e6;

  private final Workload work;
  private final Clock clock;
  private int batch = 1;

  Unspool(Sample sample, int threads, Clock clock) {
    this.work = new Workload(sample, threads);
    this.clock = clock;
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
    long start = clock.nanos();
    for (int i = 0; i < batch; i++) {
      work.update();
    }
    double nanos = (double) (clock.nanos() - start) / batch;
    batch = Math.max(1, (int) (NANOS / nanos));
    return nanos / 1e3;
  }

  @Override
  public void close() {
    work.close();
  }
}
