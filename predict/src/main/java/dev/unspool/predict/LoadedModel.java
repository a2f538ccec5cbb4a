// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all streams of a model share.
 *
 * @param description of the model
 * @param runner of its steps
 * @param axis where the rows of its table are in time; null if nobody knows
 * @param targets numbers of their columns
 */
record LoadedModel(
    ModelDescription description,
    StepRunner runner,
    @Nullable TimeAxis axis,
    List<Integer> targets) {

  static LoadedModel of(ModelDescription description, StepRunner runner) {
    return new LoadedModel(
        description,
        runner,
        description.time() == null ? null : description.time().axis(),
        description.outputs().targets().stream()
            .map(target -> description.columns().indexOf(target.name()))
            .toList());
  }

  static LoadedModel load(Path run, StepEngine engine) throws IOException {
    var files = new RunFiles(run);
    ModelDescription description = files.description();
    try {
      Weights weights = files.weights(description);
      return of(description, engine.prepare(description.step(), weights, description.precision()));
    } catch (IllegalArgumentException e) {
      throw new ForecasterException("%s: %s".formatted(run, e.getMessage()), e);
    }
  }

  /** Whether a column is one that the model reads and does not predict. */
  boolean isGiven(int column) {
    return !targets.contains(column)
        && description.features().columns().stream().anyMatch(each -> each.column() == column);
  }
}
