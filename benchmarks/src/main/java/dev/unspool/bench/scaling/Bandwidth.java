// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.scaling;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How fast one processor reads an array over and over, by its size: so the caches are seen without
 * being told of.
 */
public final class Bandwidth {
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int SMALLEST = 1 << 13;

  /** Beyond any cache. */
  public static final int LARGEST = 1 << 28;

  /** As long as a turn takes at least: a few thousand reads of what fits the first cache. */
  private static final long NANOS = 2_000_000;

  private final TreeMap<Double, Double> gigabytesPerSecond = new TreeMap<>();
  private float sink;

  private Bandwidth() {}

  /**
   * Measures it in this JVM.
   *
   * @param seconds for all sizes together, after as many to warm up
   * @param largest bytes, a power of two
   */
  public static Bandwidth measure(double seconds, int largest) {
    var result = new Bandwidth();
    int sizes = Integer.numberOfTrailingZeros(largest / SMALLEST) + 1;
    double each = 1e9 * seconds / sizes;
    result.best(new float[SMALLEST / Float.BYTES], each * sizes);
    for (int bytes = SMALLEST; bytes <= largest; bytes *= 2) {
      result.gigabytesPerSecond.put(
          (double) bytes, result.best(new float[bytes / Float.BYTES], each));
    }
    return result;
  }

  private double best(float[] array, double nanos) {
    double best = 0;
    long begun = System.nanoTime();
    do {
      long start = System.nanoTime();
      long passed;
      int turns = 0;
      do {
        sink += sum(array);
        turns++;
        passed = System.nanoTime() - start;
      } while (passed < NANOS);
      best = Math.max(best, (double) turns * array.length * Float.BYTES / passed);
    } while (System.nanoTime() - begun < nanos);
    return best;
  }

  /** Eight sums, so that none waits for the one before. */
  private static float sum(float[] from) {
    FloatVector s0 = FloatVector.zero(F);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int n = F.length();
    for (int i = 0; i < from.length; i += 8 * n) {
      s0 = s0.add(FloatVector.fromArray(F, from, i));
      s1 = s1.add(FloatVector.fromArray(F, from, i + n));
      s2 = s2.add(FloatVector.fromArray(F, from, i + 2 * n));
      s3 = s3.add(FloatVector.fromArray(F, from, i + 3 * n));
      s4 = s4.add(FloatVector.fromArray(F, from, i + 4 * n));
      s5 = s5.add(FloatVector.fromArray(F, from, i + 5 * n));
      s6 = s6.add(FloatVector.fromArray(F, from, i + 6 * n));
      s7 = s7.add(FloatVector.fromArray(F, from, i + 7 * n));
    }
    FloatVector low = s0.add(s1).add(s2).add(s3);
    return low.add(s4).add(s5).add(s6).add(s7).lane(0);
  }

  /**
   * What was measured for the size next to some.
   *
   * @param bytes that are read over and over
   * @return in 10⁹ bytes per second
   */
  public double at(double bytes) {
    Map.Entry<Double, Double> above = gigabytesPerSecond.ceilingEntry(bytes);
    return above == null ? gigabytesPerSecond.lastEntry().getValue() : above.getValue();
  }

  /** In a line. */
  public String text() {
    return gigabytesPerSecond.entrySet().stream()
        .map(
            size ->
                String.format(
                    Locale.ROOT, "%.0f kB %.0f GB/s", size.getKey() / 1024, size.getValue()))
        .collect(Collectors.joining(", "));
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
