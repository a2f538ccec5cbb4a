// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.DataInput;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What all streams of a model share.
 *
 * @param description of the model
 * @param model at work
 * @param axis where the rows of its table are in time; null if nobody knows
 * @param bands of its predictions; null if none were calibrated
 */
record LoadedModel(
    ModelDescription description, RowModel model, @Nullable TimeAxis axis, @Nullable Bands bands) {

  static LoadedModel of(ModelDescription description, StepRunner runner, @Nullable Bands bands) {
    ModelDescription.Plant plant = description.plant();
    var model =
        new RowModel(
            description.features(),
            description.outputs(),
            description.outputs().targets().stream()
                .map(target -> description.columns().indexOf(target.name()))
                .toList(),
            runner,
            plant == null ? null : new PlantTaps(plant, description.step()));
    ModelDescription.Clock time = description.time();
    return new LoadedModel(description, model, time == null ? null : time.axis(), bands);
  }

  static LoadedModel load(Path run, StepEngine engine) throws IOException {
    var files = new RunFiles(run);
    ModelDescription description = files.description();
    try {
      Weights weights = files.weights(description);
      var runner = engine.prepare(description.step(), weights, description.precision());
      return of(description, runner, files.bands());
    } catch (IllegalArgumentException e) {
      throw new ForecasterException("%s: %s".formatted(run, e.getMessage()), e);
    }
  }

  /** A stream at its beginning. */
  Feed feed() {
    return new Feed(model, axis, description.columns().size());
  }

  /** A stream that was written. */
  Feed read(DataInput in) throws IOException {
    return Feed.read(model, axis, description.columns().size(), in);
  }
}
