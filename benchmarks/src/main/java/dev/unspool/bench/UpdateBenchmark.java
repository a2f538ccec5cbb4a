// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Whole updates; with {@code -prof gc} it shows that they allocate nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector"})
public class UpdateBenchmark {
  @Param({
    "h64-l1-k1-20",
    "h64-l1-k1-20-adam",
    "h64-l32-k1-20",
    "h128-l32-k20-20",
    "gru-h128-l32-k20-20",
    "rnn-tanh-h128-l32-k20-20"
  })
  private String shape = "";

  private @Nullable Workload work;

  /** Opens the tape. */
  @Setup
  public void open() {
    work = new Workload(Sample.of(Shape.of(shape)), 1);
  }

  /** One update. */
  @Benchmark
  public void update() {
    if (work != null) {
      work.update();
    }
  }

  /** Closes the tape. */
  @TearDown
  public void close() {
    if (work != null) {
      work.close();
    }
  }
}
