// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Snapshot;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What of a learner's description must be the same where it goes on, since numbers that are stored
 * mean nothing without it. The rest may change from one stop to the next: the learning rate,
 * clipping, guards, how many keys and lanes there may be.
 */
final class Settings {
  private final Map<String, double[]> each = new LinkedHashMap<>();

  Settings(LearnerBuilder builder) {
    each.put("weights", new double[] {builder.theta.values().length});
    each.put("inputs", new double[] {builder.model.inputs()});
    each.put("horizons", Arrays.stream(builder.horizons).asDoubleStream().toArray());
    each.put("delay", new double[] {builder.delay});
    each.put("truncation", new double[] {builder.k1, builder.k2});
    each.put("rtrl", new double[] {builder.rtrl ? 1 : 0});
    each.put("policy", new double[] {builder.weights().ordinal()});
    each.put("scaling of inputs", numbers(builder.inputs));
    each.put("scaling of targets", numbers(builder.targets));
    each.put("units", units(builder));
    each.put("reference", new double[] {builder.reference().ordinal()});
    each.put("scales per key", new double[] {builder.scalesPerKey ? 1 : 0});
    each.put("warm-up", new double[] {builder.warmUp});
    each.put("bands", new double[] {builder.level});
    each.put("season", new double[] {builder.season, builder.seasons});
    each.put("lags", new double[] {builder.lags});
    each.put("judged over", new double[] {builder.memory});
  }

  private static double[] numbers(Scaling scaling) {
    return switch (scaling) {
      case Scaling.None _ -> new double[] {0};
      case Scaling.Running(double memory, boolean robust) -> new double[] {robust ? 2 : 1, memory};
      case Scaling.Fixed fixed ->
          Stream.of(fixed.means(), fixed.deviations())
              .flatMap(list -> list.stream())
              .mapToDouble(d -> d)
              .toArray();
    };
  }

  private static double[] units(LearnerBuilder builder) {
    return builder.known == null
        ? new double[0]
        : builder.known.stream()
            .flatMap(
                target ->
                    Stream.concat(
                        Stream.of(target.change() ? 1.0 : 0.0, target.origin()),
                        target.units().stream()))
            .mapToDouble(d -> d)
            .toArray();
  }

  void save(Snapshot snapshot) {
    each.forEach(snapshot::put);
  }

  /**
   * Checks what was stored.
   *
   * @throws IllegalArgumentException if it was something else
   */
  void require(Snapshot snapshot) {
    each.forEach(
        (name, mine) -> {
          double[] stored = snapshot.doubles(name);
          if (!Arrays.equals(stored, mine)) {
            throw new IllegalArgumentException(
                ("the snapshot was written by a learner with %s %s, this one has %s; describe it"
                        + " alike, or begin anew")
                    .formatted(name, Arrays.toString(stored), Arrays.toString(mine)));
          }
        });
  }
}
