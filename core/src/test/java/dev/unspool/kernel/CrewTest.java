// SPDX-License-Identifier: Apache-2.0
package dev.unspool.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.kernel.PackedMatrix.Direction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CrewTest {
  private static final long SEED = 7;

  private final SplittableRandom random = new SplittableRandom(SEED);

  private float[] random(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 16})
  void everyPartIsDoneOncePerTask(int size) {
    var done = new AtomicIntegerArray(size);
    try (var crew = new Crew(size)) {
      for (int task = 0; task < 300; task++) {
        crew.run((part, _) -> done.incrementAndGet(part));
      }
      for (int part = 0; part < size; part++) {
        assertEquals(300, done.get(part), "part " + part);
      }
    }
  }

  @Test
  void theResultsOfAllPartsAreSeenByTheCaller() {
    long[] values = new long[3 * 64];
    try (var crew = new Crew(3)) {
      for (int task = 1; task <= 1000; task++) {
        int add = task;
        crew.run((part, _) -> values[64 * part] += add);
        assertEquals(values[0], values[64]);
        assertEquals(values[0], values[128]);
      }
    }
  }

  @Test
  void aFailureReachesTheCallerAndTheCrewGoesOn() {
    var done = new AtomicIntegerArray(2);
    try (var crew = new Crew(2)) {
      for (int failing = 0; failing < 2; failing++) {
        int bad = failing;
        var e =
            assertThrows(
                IllegalStateException.class,
                () ->
                    crew.run(
                        (part, _) -> {
                          if (part == bad) {
                            throw new ArithmeticException("part " + part);
                          }
                        }));
        assertEquals("java.lang.ArithmeticException: part " + bad, String.valueOf(e.getCause()));
      }
      crew.run((part, _) -> done.incrementAndGet(part));
      assertEquals("[1, 1]", done.toString());
    }
  }

  @Test
  void aClosedCrewIsRefused() throws InterruptedException {
    var crew = new Crew(2);
    var threads = crew.threads();
    crew.run((_, _) -> {});
    crew.close();
    crew.close();
    for (Thread thread : threads) {
      thread.join();
    }
    var e = assertThrows(IllegalStateException.class, () -> crew.run((_, _) -> {}));
    assertEquals("the threads of these kernels have ended; open others", e.getMessage());
  }

  /** Part 0 closes it while the others are waking up, or have woken up. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void aTaskThatWasGivenBeforeTheCrewIsClosedIsDone(int size) throws InterruptedException {
    for (int round = 0; round < 200; round++) {
      var done = new AtomicIntegerArray(size);
      var crew = new Crew(size);
      crew.run(
          (part, _) -> {
            if (part == 0) {
              crew.close();
            }
            done.incrementAndGet(part);
          });
      for (int part = 0; part < size; part++) {
        assertEquals(1, done.get(part), "part " + part);
      }
      assertEnd(crew);
    }
  }

  /** Whatever the caller is at: no task is left half done, and nobody waits for those who left. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void aCrewCanBeClosedAtAnyTime(int size) throws InterruptedException {
    for (int round = 0; round < 400; round++) {
      var done = new AtomicIntegerArray(size);
      var crew = new Crew(size);
      int turns = random.nextInt(20_000);
      String what = "seed %s, round %s, %s turns".formatted(SEED, round, turns);
      Thread closing = Thread.ofPlatform().start(() -> closeLater(crew, turns));
      int tasks = 0;
      IllegalStateException refused = null;
      while (refused == null) {
        try {
          crew.run((part, _) -> done.incrementAndGet(part));
          tasks++;
          for (int part = 0; part < size; part++) {
            assertEquals(tasks, done.get(part), what);
          }
        } catch (IllegalStateException e) {
          refused = e;
        }
      }
      assertEquals(
          "the threads of these kernels have ended; open others", refused.getMessage(), what);
      closing.join();
      assertEnd(crew);
      for (int part = 0; part < size; part++) {
        assertTrue(done.get(part) == tasks || done.get(part) == tasks + 1, what);
      }
    }
  }

  /** Here it has died: of what the compiler would not have let it throw. */
  @Test
  @Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
  void nobodyWaitsForAThreadThatHasEnded() {
    try (var crew = new Crew(3)) {
      crew.threads().forEach(thread -> thread.setUncaughtExceptionHandler((_, _) -> {}));
      Crew.Task fatal =
          (part, _) -> {
            if (part == 2) {
              CrewTest.<RuntimeException>die();
            }
          };
      for (int task = 0; task < 2; task++) {
        var e = assertThrows(IllegalStateException.class, () -> crew.run(fatal));
        assertEquals("the threads of these kernels have ended; open others", e.getMessage());
      }
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> void die() throws E {
    throw (E) new IOException("not to be seen");
  }

  private static void closeLater(Crew crew, int turns) {
    for (int turn = 0; turn < turns; turn++) {
      Thread.onSpinWait();
    }
    crew.close();
  }

  private static void assertEnd(Crew crew) throws InterruptedException {
    for (Thread thread : crew.threads()) {
      thread.join(30_000);
      assertFalse(thread.isAlive(), thread + " goes on");
    }
  }

  /** With the flag set, nobody could sleep. */
  @Test
  void aThreadThatIsInterruptedSleepsOn() throws InterruptedException {
    var done = new AtomicIntegerArray(3);
    try (var crew = new Crew(3)) {
      for (int round = 1; round <= 3; round++) {
        crew.threads().forEach(Thread::interrupt);
        for (Thread thread : crew.threads()) {
          for (int turn = 0; turn < 10_000 && !sleeps(thread); turn++) {
            thread.join(1);
          }
          assertTrue(sleeps(thread), thread + " is awake");
        }
        crew.run((part, _) -> done.incrementAndGet(part));
        assertEquals("[%s, %s, %s]".formatted(round, round, round), done.toString());
      }
    }
  }

  private static boolean sleeps(Thread thread) {
    return !thread.isInterrupted() && thread.getState() == Thread.State.WAITING;
  }

  @Test
  void anInterruptOfTheCallerStaysForItsOwner() {
    var done = new AtomicIntegerArray(3);
    try (var crew = new Crew(3)) {
      Thread.currentThread().interrupt();
      for (int task = 0; task < 300; task++) {
        crew.run((part, _) -> done.incrementAndGet(part));
      }
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals("[300, 300, 300]", done.toString());
  }

  /** Whether or not it has worked, and whatever its task refers to. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theThreadsOfACrewThatNobodyClosedEndWithIt(boolean used) throws InterruptedException {
    var threads = forgotten(used);
    for (Thread thread : threads) {
      for (int turn = 0; turn < 10_000 && thread.isAlive(); turn++) {
        System.gc();
        thread.join(1);
      }
      assertFalse(thread.isAlive(), thread + " goes on");
    }
  }

  private static List<Thread> forgotten(boolean used) {
    var crew = new Crew(3);
    if (used) {
      var sizes = new AtomicIntegerArray(3);
      crew.run((part, _) -> sizes.set(part, crew.size()));
    }
    return crew.threads();
  }

  @ParameterizedTest
  @CsvSource({"300, 130, 9", "520, 512, 1", "70, 2000, 3", "512, 128, 33", "100, 40, 300"})
  void productsDoNotDependOnTheNumberOfThreads(int outputs, int inputs, int rows) {
    float[] theta = random(outputs * inputs);
    float[] a = random(rows * Math.max(outputs, inputs));
    for (Direction direction : Direction.values()) {
      int n = direction == Direction.FORWARD ? outputs : inputs;
      float[] bias = random(n);
      float[] alone = new float[rows * n];
      try (var kernels = new SimdKernels()) {
        product(kernels, outputs, inputs, direction, theta, a, rows, bias, alone);
      }
      for (int threads : new int[] {2, 3, 4, 5, 8, 16}) {
        float[] together = new float[rows * n];
        try (var kernels = new SimdKernels(new Crew(threads))) {
          product(kernels, outputs, inputs, direction, theta, a, rows, bias, together);
        }
        assertArrayEquals(alone, together, direction + ", threads " + threads);
      }
    }
  }

  private static void product(
      Kernels kernels,
      int outputs,
      int inputs,
      Direction direction,
      float[] theta,
      float[] a,
      int rows,
      float[] bias,
      float[] c) {
    var matrix = kernels.matrix(outputs, inputs, direction);
    matrix.pack(theta, 0);
    matrix.multiply(a, 0, rows, bias, c, 0);
    matrix.multiplyAdd(a, 0, rows, c, 0);
  }

  /** Each thread by itself, all of them at once, with the same weights. */
  @Test
  void productsOfOwnRowsAreThoseOfAllRows() {
    int outputs = 90;
    int inputs = 50;
    int rows = 24;
    float[] theta = random(outputs * inputs);
    float[] a = random(rows * inputs);
    float[] bias = random(outputs);
    float[] expected = new float[rows * outputs];
    try (var kernels = new SimdKernels(new Crew(4))) {
      var matrix = kernels.matrix(outputs, inputs, Direction.FORWARD);
      matrix.pack(theta, 0);
      matrix.multiply(a, 0, rows, bias, expected, 0);
      matrix.multiplyAdd(a, 0, rows, expected, 0);
      float[] found = new float[rows * outputs];
      kernels.run(
          (part, from, to) -> {
            var own = matrix.alone(part);
            own.multiply(a, from * inputs, to - from, bias, found, from * outputs);
            own.multiplyAdd(a, from * inputs, to - from, found, from * outputs);
          },
          rows,
          4096);
      assertArrayEquals(expected, found);
    }
  }

  @Test
  void weightGradientsDoNotDependOnTheNumberOfThreads() {
    int m = 131;
    int n = 77;
    int rows = 60;
    float[] a = random(rows * m);
    float[] b = random(rows * n);
    float[] alone = random(m * n);
    float[] before = alone.clone();
    try (var kernels = new SimdKernels()) {
      kernels.transposedProduct(a, 0, m, b, 0, n, rows, alone, 0);
    }
    for (int threads : new int[] {2, 3, 4, 8, 16}) {
      float[] together = before.clone();
      try (var kernels = new SimdKernels(new Crew(threads))) {
        kernels.transposedProduct(a, 0, m, b, 0, n, rows, together, 0);
      }
      assertArrayEquals(alone, together, "threads " + threads);
    }
  }

  /** Of several right sides, some with few columns; in several passes; more threads than groups. */
  @ParameterizedTest
  @CsvSource({"131, 60", "600, 60", "40, 1300", "17, 3000"})
  void gradientsOfSeveralMatricesDoNotDependOnTheNumberOfThreads(int m, int rows) {
    int[] columns = {77, 1, 130, 3, 64};
    float[] a = random(rows * m);
    var rights = new ArrayList<RightSide>();
    var alone = new ArrayList<float[]>();
    try (var kernels = new SimdKernels()) {
      for (int n : columns) {
        var side = new RightSide(n);
        side.set(random(rows * n), 0, random(m * n), 0);
        rights.add(side);
      }
      float[] sums = random(m);
      kernels.transposedProducts(a, 0, m, rows, rights, sums, 0);
      rights.forEach(side -> alone.add(side.d));
      alone.add(sums);
    }
    for (int threads : new int[] {2, 3, 4, 8, 16}) {
      rights.forEach(side -> side.set(side.b, 0, random(m * side.n), 0));
      float[] sums = random(m);
      try (var kernels = new SimdKernels(new Crew(threads))) {
        kernels.transposedProducts(a, 0, m, rows, rights, sums, 0);
      }
      for (int r = 0; r < columns.length; r++) {
        assertArrayEquals(alone.get(r), rights.get(r).d, columns[r] + ", threads " + threads);
      }
      assertArrayEquals(alone.getLast(), sums, "threads " + threads);
    }
  }

  /** Few values, which the caller copies alone, and many. */
  @ParameterizedTest
  @ValueSource(ints = {0, 5, 100, 20_000, 50_001})
  void valuesAreCopiedAndClearedByAnyNumberOfThreads(int count) {
    float[] from = random(count + 9);
    for (int threads = 1; threads <= 5; threads++) {
      try (var kernels = new SimdKernels(new Crew(threads))) {
        float[] into = random(count + 9);
        float[] expected = into.clone();
        System.arraycopy(from, 4, expected, 3, count);
        kernels.copy(from, 4, into, 3, count);
        assertArrayEquals(expected, into, "copied, threads " + threads);
        Arrays.fill(expected, 2, 2 + count, 0);
        kernels.clear(into, 2, count);
        assertArrayEquals(expected, into, "cleared, threads " + threads);
      }
    }
  }

  @Test
  void everyRowIsDoneOnceByAnyNumberOfThreads() {
    for (int threads = 1; threads <= 4; threads++) {
      try (var kernels = new SimdKernels(new Crew(threads))) {
        int[] done = new int[100];
        boolean[] parts = new boolean[kernels.threads()];
        kernels.run(
            (part, from, to) -> {
              parts[part] = true;
              for (int row = from; row < to; row++) {
                done[row]++;
              }
            },
            done.length,
            300);
        assertTrue(Arrays.stream(done).allMatch(times -> times == 1), "threads " + threads);
        assertEquals(threads, parts.length);
        for (boolean part : parts) {
          assertTrue(part, "threads " + threads);
        }
      }
    }
  }
}
