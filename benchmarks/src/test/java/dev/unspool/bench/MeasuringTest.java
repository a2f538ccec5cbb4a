// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasuringTest {
  private static float[] gradient(Sample sample) {
    try (var work = new Workload(sample, 1)) {
      return work.gradient();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h5-l2-k2-3", "gru-h3-l1-k1-4", "h4-l2-k3-3-x2-v7"})
  void theGradientToCompareIsTheSameBeforeAndAfterUpdates(String name) {
    var sample = Sample.of(Shape.of(name));
    try (var work = new Workload(sample, 1)) {
      for (int i = 0; i < 5; i++) {
        work.update();
      }
      assertNull(Bench.disagreement(sample, gradient(sample), work.gradient()));
    }
  }

  /** Nothing is measured while sweeps are still shorter than k2. */
  @ParameterizedTest
  @ValueSource(strings = {"h5-l2-k1-20", "h5-l2-k3-7", "h5-l2-k4-4"})
  void theWindowIsFullFromTheFirstUpdate(String name) {
    Shape shape = Shape.of(name);
    try (var work = new Workload(Sample.of(shape), 1)) {
      work.update();
      assertEquals(shape.k2(), work.depth());
    }
  }

  /** Leaving out the sweeps on the way changes nothing. */
  @Test
  void theGradientIsThatOfTheLastOfAllSweeps() {
    var sample = Sample.of(Shape.of("h5-l2-k2-3"));
    try (var work = new Workload(sample, 1)) {
      for (int i = 0; i < sample.updates(); i++) {
        work.update();
      }
      float[] afterAll = work.lastGradient();
      assertArrayEquals(afterAll, gradient(sample));
    }
  }

  @Test
  void aPeerThatComputesSomethingElseIsNamedWithTheArray() {
    var sample = Sample.of(Shape.of("h5-l2-k2-3"));
    float[] theirs = gradient(sample);
    theirs[sample.theta().layout().slice("output.bias").offset()] = Float.NaN;
    String reason = Bench.disagreement(sample, gradient(sample), theirs);
    assertNotNull(reason);
    assertTrue(reason.contains("output.bias"), reason);
  }

  @Test
  void theFirstUpdateWithAFullWindowFallsOnASweep() {
    var sample = Sample.of(Shape.of("h5-l2-k2-3"));
    assertEquals(4, sample.fill());
    assertEquals(4 + (sample.updates() - 1) * 2, sample.inputs().steps());
  }

  @Test
  void theBestAndTheMedianAreThoseOfAllTurns() {
    var timings = new Timings();
    for (int i = 200; i >= 0; i--) {
      timings.add(i);
    }
    assertEquals(0, timings.best());
    assertEquals(100, timings.median());
  }

  @Test
  void warmingUpEndsWhenNothingGetsFaster() throws IOException {
    var runs = new int[1];
    new WarmUp(1e-3, 60, () -> 0)
        .run(
            () -> {
              runs[0]++;
              return 1;
            });
    assertTrue(runs[0] >= 2, () -> runs[0] + " runs");
  }

  @Test
  void warmingUpGoesOnWhileTheCompilerWorks() throws IOException {
    var asked = new int[1];
    new WarmUp(1e-6, 60, () -> 1000L * Math.min(asked[0]++, 5)).run(() -> 1);
    // Twice a window: the first one that found it at rest is the last.
    assertEquals(8, asked[0]);
  }

  /** What takes longer than all of it is run once and no more. */
  @Test
  void warmingUpEndsWhenItsTimeIsOver() throws IOException {
    var runs = new int[1];
    new WarmUp(1e-3, 2e-3, () -> 0)
        .run(
            () -> {
              long end = System.nanoTime() + 3_000_000;
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              return runs[0]++;
            });
    assertEquals(1, runs[0]);
  }

  /** What others work meanwhile is not counted. */
  @Test
  void theProcessorsClockIsOfOneThread() throws InterruptedException {
    long work = 50_000_000;
    long before = Clock.PROCESSOR.nanos();
    var other =
        Thread.ofPlatform()
            .start(
                () -> {
                  long end = Clock.PROCESSOR.nanos() + work;
                  while (Clock.PROCESSOR.nanos() < end) {
                    Thread.onSpinWait();
                  }
                });
    other.join();
    long counted = Clock.PROCESSOR.nanos() - before;
    assertTrue(counted >= 0 && counted < work, "found " + counted);
  }
}
