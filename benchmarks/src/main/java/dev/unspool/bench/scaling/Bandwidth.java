// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.unspool.bench.WarmUp;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How fast one processor reads an array over and over, by its size: so the caches are seen without
 * being told of. What is read begins where a cache line does: vectors as wide as a line would else
 * lie across two of them and take twice as long, which nobody has to put up with.
 */
public final class Bandwidth {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int SMALLEST = 1 << 13;

  /** Beyond any cache. */
  public static final int LARGEST = 1 << 28;

  /** In the first cache of any processor. */
  private static final int NEAR = 1 << 14;

  private static final int LINE = 64;

  /** What the JVM aligns arrays to. */
  private static final int ALIGNED = 8;

  /** As long as a turn takes at least. */
  private static final long NANOS = 2_000_000;

  /** What is read between two looks at the clock, at least. */
  private static final int BYTES = 1 << 20;

  private final TreeMap<Double, Double> gigabytesPerSecond = new TreeMap<>();
  private float sink;

  private Bandwidth() {}

  /**
   * Measures it in this JVM: all sizes in turn, so that noise hits all alike.
   *
   * @param warmUp until the loop that reads is compiled
   * @param seconds for all sizes together
   * @param largest bytes, a power of two
   */
  public static Bandwidth measure(WarmUp warmUp, double seconds, int largest) throws IOException {
    var result = new Bandwidth();
    var array = new float[(largest + LINE) / Float.BYTES];
    warmUp.run(() -> 1 / result.turn(array, 0, NEAR));
    int start = result.line(array);
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      for (int bytes = SMALLEST; bytes <= largest; bytes *= 2) {
        double now = result.turn(array, start, bytes);
        result.gigabytesPerSecond.merge((double) bytes, now, Math::max);
      }
    } while (System.nanoTime() < end);
    return result;
  }

  /** Where a cache line begins: there reading is fastest. */
  private int line(float[] array) {
    int line = 0;
    double best = 0;
    for (int round = 0; round < 3; round++) {
      for (int start = 0; start < LINE / Float.BYTES; start += ALIGNED / Float.BYTES) {
        double now = turn(array, start, NEAR);
        line = now > best ? start : line;
        best = Math.max(best, now);
      }
    }
    return line;
  }

  /** 10⁹ bytes per second, of what has been read once before. */
  private double turn(float[] array, int start, int bytes) {
    int length = bytes / Float.BYTES;
    int passes = Math.max(1, BYTES / bytes);
    sink += sum(array, start, length, 1);
    long begun = System.nanoTime();
    long passed;
    int calls = 0;
    do {
      sink += sum(array, start, length, passes);
      calls++;
      passed = System.nanoTime() - begun;
    } while (passed < NANOS);
    return (double) calls * passes * bytes / passed;
  }

  /** Eight sums, so that none waits for the one before, over all passes. */
  private static float sum(float[] from, int start, int length, int passes) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int n = F.length();
    for (int pass = 0; pass < passes; pass++) {
      for (int i = start; i < start + length; i += 8 * n) {
        s0 = s0.add(FloatVector.fromArray(F, from, i));
        s1 = s1.add(FloatVector.fromArray(F, from, i + n));
        s2 = s2.add(FloatVector.fromArray(F, from, i + 2 * n));
        s3 = s3.add(FloatVector.fromArray(F, from, i + 3 * n));
        s4 = s4.add(FloatVector.fromArray(F, from, i + 4 * n));
        s5 = s5.add(FloatVector.fromArray(F, from, i + 5 * n));
        s6 = s6.add(FloatVector.fromArray(F, from, i + 6 * n));
        s7 = s7.add(FloatVector.fromArray(F, from, i + 7 * n));
      }
    }
    FloatVector low = s0.add(s1).add(s2).add(s3);
    return low.add(s4).add(s5).add(s6).add(s7).lane(0);
  }

  /**
   * What was measured for the next smaller size, which is read faster rather than slower: what must
   * be taken at least is not to be more than that.
   *
   * @param bytes that are read over and over
   * @return in 10⁹ bytes per second
   */
  public double at(double bytes) {
    Map.Entry<Double, Double> below = gigabytesPerSecond.floorEntry(bytes);
    return below == null ? gigabytesPerSecond.firstEntry().getValue() : below.getValue();
  }

  /** In a line. */
  public String text() {
    return gigabytesPerSecond.entrySet().stream()
        .map(size -> text(size.getKey(), size.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String text(double bytes, double speed) {
    boolean small = bytes < 1 << 20;
    return String.format(
        Locale.ROOT,
        "%.0f %s %.0f GB/s",
        bytes / (small ? 1 << 10 : 1 << 20),
        small ? "kB" : "MB",
        speed);
  }

  /** What {@link #of} reads. */
  public JsonArray json() {
    var sizes = new JsonArray();
    gigabytesPerSecond.forEach(
        (bytes, speed) -> {
          var size = new JsonObject();
          size.addProperty("bytes", bytes);
          size.addProperty("gigabytes_per_second", Math.round(speed * 10) / 10.0);
          sizes.add(size);
        });
    return sizes;
  }

  /** What was measured in another JVM. */
  public static Bandwidth of(JsonArray sizes) {
    var result = new Bandwidth();
    for (JsonElement element : sizes) {
      JsonObject size = element.getAsJsonObject();
      result.gigabytesPerSecond.put(
          size.get("bytes").getAsDouble(), size.get("gigabytes_per_second").getAsDouble());
    }
    return result;
  }
}
