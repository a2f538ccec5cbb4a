// SPDX-License-Identifier: Apache-2.0
package dev.unspool.predict;

import java.io.DataInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What all streams of a model share.
 *
 * @param description of the model
 * @param model at work
 * @param axis where the rows of its table are in time; null if nobody knows
 * @param bands of its predictions; null if none were calibrated
 * @param combination that was found for it; null if none was
 * @param combines whether its predictions are combined
 */
record LoadedModel(
    ModelDescription description,
    RowModel model,
    @Nullable TimeAxis axis,
    @Nullable Bands bands,
    @Nullable Combination combination,
    boolean combines) {

  static LoadedModel of(
      ModelDescription description,
      StepRunner runner,
      @Nullable Bands bands,
      @Nullable Combination combination) {
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
    TimeAxis axis = time == null ? null : time.axis();
    return new LoadedModel(description, model, axis, bands, combination, false);
  }

  static LoadedModel load(Path run, StepEngine engine) throws IOException {
    var files = new RunFiles(run);
    ModelDescription description = files.description();
    try {
      Weights weights = files.weights(description);
      var runner = engine.prepare(description.step(), weights, description.precision());
      return of(description, runner, files.bands(), files.combination());
    } catch (IllegalArgumentException e) {
      throw new ForecasterException("%s: %s".formatted(run, e.getMessage()), e);
    }
  }

  /** The same, of which predictions are combined. */
  LoadedModel combined() {
    if (combination == null) {
      throw new IllegalStateException(
          "the run has no combined.json, so nobody knows how to weight a line; 'unspool evaluate RUN --horizon 24' finds it, if there are a validation and a test part, then load it anew");
    }
    return new LoadedModel(description, model, axis, combination.bands(), combination, true);
  }

  /** What is said of a row when those of a stream are known; combined, if that is wanted. */
  Prediction said(Prediction prediction, Feed of) {
    if (!combines || combination == null) {
      return prediction;
    }
    Stream stream = of.stream();
    List<String> names =
        description.outputs().targets().stream().map(Outputs.Target::name).toList();
    var rows =
        new ClockRows(
            stream.rows(),
            description.columns().size(),
            description.features().calendar(),
            stream.axis());
    return combination.combine(prediction, names, rows, stream.row());
  }

  private int remembered() {
    return combines && combination != null ? combination.reach() : 0;
  }

  /** A stream at its beginning. */
  Feed feed() {
    return new Feed(model, axis, description.columns().size(), remembered());
  }

  /** A stream that was written. */
  Feed read(DataInput in) throws IOException {
    return Feed.read(model, axis, description.columns().size(), remembered(), in);
  }
}
