// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.fit;

import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.SeriesScale;
import dev.unspool.cli.run.WildValues;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What people should know about measurements before a model is made from them.
 *
 * @param task the measurements
 */
record Doubts(FitTask task) {

  /** One line each. */
  List<String> lines() {
    var lines = new ArrayList<>(restingTargets());
    lines.addAll(wildValues());
    lines.addAll(constantInputs());
    return lines;
  }

  /** Targets that never move in a part that chooses or judges the model. */
  private List<String> restingTargets() {
    var lines = new ArrayList<String>();
    for (int i = 0; i < data().targets().size(); i++) {
      String target = data().targets().get(i);
      if (rests(task.valid(), i)) {
        lines.add(
            "target '%s' never moves in the validation part, which chooses the model; use another --valid"
                .formatted(target));
      }
      if (rests(task.test(), i)) {
        lines.add(
            "target '%s' never moves in the test part, which judges the model; use another --test"
                .formatted(target));
      }
    }
    return lines;
  }

  private static boolean rests(FitTask.@Nullable Part part, int target) {
    return part != null
        && FitTask.isConstant(part.signals().target(target, part.from(), part.to()));
  }

  /** Columns whose scale a few wild values decide. */
  private List<String> wildValues() {
    var lines = new ArrayList<String>();
    int rows = data().normalise() == SeriesScale.ROBUST ? 0 : task.train().to();
    for (int i = 0; i < data().inputs().size(); i++) {
      lines.addAll(wild(data().inputs().get(i), task.signals().input(i, 0, rows)));
    }
    for (int i = 0; i < data().targets().size(); i++) {
      lines.addAll(wild(data().targets().get(i), task.signals().target(i, 0, rows)));
    }
    return lines;
  }

  private static List<String> wild(String column, double[] values) {
    return WildValues.in(
        "training", column, 0, values.length, row -> values[(int) row], row -> "row " + row);
  }

  /** Inputs that never move in the training part. */
  private List<String> constantInputs() {
    return IntStream.range(0, data().inputs().size())
        .filter(i -> FitTask.isConstant(task.signals().input(i, 0, task.train().to())))
        .mapToObj(data().inputs()::get)
        .map(
            "input '%s' never moves in the training part, so nothing can be learned from it"
                ::formatted)
        .toList();
  }

  private CsvConfig data() {
    return task.data();
  }
}
