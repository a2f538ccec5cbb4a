// SPDX-License-Identifier: Apache-2.0
package dev.unspool.online;

import dev.unspool.model.Snapshot;
import dev.unspool.score.RunningScale;
import dev.unspool.score.RunningState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What inputs are divided by and what outputs are multiplied with; for all keys, or for one.
 *
 * <p>An output o says {@code base + unit · o}: the base is the {@link Reference}; the unit is the
 * root mean square of how far truths lay from it at that horizon, or of the mean, the deviation.
 */
final class Scales {
  /** Inputs are at most so many deviations from the mean: also after a stream that stood still. */
  private static final double FURTHEST = 20;

  private final ScalingRule rule;
  private final @Nullable RunningScale[] inputs;
  private final @Nullable RunningScale[] levels;
  private final @Nullable RunningScale[] moves;

  /** All of them that run. */
  private final List<RunningState> running = new ArrayList<>();

  private long rows;

  Scales(ScalingRule rule) {
    this.rule = rule;
    this.inputs = scales(rule.inputs(), rule.features());
    this.levels = scales(rule.targetScaling(), rule.targets());
    this.moves = scales(rule.targetScaling(), rule.values());
  }

  private @Nullable RunningScale[] scales(Scaling scaling, int count) {
    var made = new @Nullable RunningScale[count];
    if (scaling instanceof Scaling.Running(double memory, boolean robust)) {
      for (int i = 0; i < count; i++) {
        RunningScale scale = robust ? RunningScale.robust(memory) : RunningScale.plain(memory);
        made[i] = scale;
        running.add(scale);
      }
    }
    return made;
  }

  /** Takes in what a row is predicted from. */
  void see(double[] x) {
    rows++;
    for (int i = 0; i < x.length; i++) {
      RunningScale scale = inputs[i];
      if (scale != null) {
        scale.add(x[i]);
      }
    }
  }

  /** Whether inputs can be scaled. */
  boolean ready() {
    return !(rule.inputs() instanceof Scaling.Running) || rows >= rule.warmUp();
  }

  void normalise(double[] x, float[] into) {
    for (int i = 0; i < x.length; i++) {
      RunningScale scale = inputs[i];
      into[i] =
          scale != null
              ? (float) Math.clamp(scale.normalise(x[i]), -FURTHEST, FURTHEST)
              : (float) rule.fixedInput(i, x[i]);
    }
  }

  /** Takes in the truth of a target. */
  void see(int target, double truth) {
    RunningScale scale = levels[target];
    if (scale != null) {
      scale.add(truth);
    }
  }

  /** Takes in how far a truth lies from the base with which its value was predicted. */
  void moved(int value, double change) {
    RunningScale scale = moves[value];
    if (scale != null && !Double.isNaN(change)) {
      scale.add(change);
    }
  }

  /** Whether outputs are relative to what the baselines say together. */
  boolean fromBaselines() {
    return rule.fromBaselines();
  }

  /**
   * What an output of 0 says.
   *
   * @param reference the newest known value, or what the baselines say together
   */
  double base(int target, double reference) {
    RunningScale level = levels[target];
    if (rule.moves(target) && !(Double.isNaN(reference) && level != null)) {
      return reference;
    }
    return level == null
        ? rule.fixedOrigin(target)
        : level.count() == 0 ? Double.NaN : level.mean();
  }

  /** What an output of 1 adds; NaN as long as that cannot be said. */
  double unit(int target, int value) {
    RunningScale level = levels[target];
    RunningScale move = moves[value];
    if (level == null || move == null) {
      return rule.fixedUnit(value);
    }
    RunningScale scale = rule.moves(target) ? move : level;
    if (scale.count() < rule.warmUp()) {
      return Double.NaN;
    }
    return rule.moves(target) ? Math.hypot(scale.mean(), scale.deviation()) : scale.deviation();
  }

  int size() {
    return 1 + running.stream().mapToInt(RunningState::size).sum();
  }

  void save(Snapshot snapshot) {
    double[] numbers = new double[size()];
    numbers[0] = rows;
    int at = 1;
    for (RunningState scale : running) {
      at = scale.save(numbers, at);
    }
    snapshot.put("numbers", numbers);
  }

  void load(Snapshot snapshot) {
    double[] numbers = snapshot.doubles("numbers");
    if (numbers.length != size()) {
      throw new IllegalArgumentException(
          "%s numbers of scales are stored, expected %s; the snapshot was written with other scales"
              .formatted(numbers.length, size()));
    }
    rows = (long) numbers[0];
    int at = 1;
    for (RunningState scale : running) {
      at = scale.load(numbers, at);
    }
  }

  @Override
  public String toString() {
    return "%s rows, %s".formatted(rows, Arrays.toString(inputs));
  }
}
