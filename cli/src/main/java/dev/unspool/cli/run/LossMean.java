// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.cli.report.Numbers;
import dev.unspool.model.Snapshot;
import dev.unspool.train.Progress;
import org.jspecify.annotations.Nullable;

/** Mean training loss since the last report, each loss by how much it counts. */
final class LossMean {
  private double sum;
  private double weight;

  void add(Progress progress) {
    sum += progress.weight() * progress.loss();
    weight += progress.weight();
  }

  /** The mean, or null if nothing counted or it is not finite. */
  @Nullable Double value() {
    return weight == 0 ? null : Numbers.finite(sum / weight);
  }

  void clear() {
    sum = 0;
    weight = 0;
  }

  void save(Snapshot snapshot) {
    snapshot.put("sum", sum);
    snapshot.put("weight", weight);
  }

  void load(Snapshot snapshot) {
    sum = snapshot.doubles("sum")[0];
    weight = snapshot.doubles("weight")[0];
  }
}
