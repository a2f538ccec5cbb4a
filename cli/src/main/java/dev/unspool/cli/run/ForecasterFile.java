// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import dev.unspool.narx.InitialOutputs;
import dev.unspool.narx.NarxSpec;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Precision;
import dev.unspool.predict.TimeAxis;
import dev.unspool.step.StepProgram;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code forecaster.json}: what a service must know of a model of a table, so that it needs neither
 * this command nor the library that trains.
 */
final class ForecasterFile {
  private ForecasterFile() {}

  /**
   * What stands in it.
   *
   * @param step of the model; of a plant in closed loop
   * @param plant its shape, if the model is one of a plant
   */
  static ModelDescription describe(RunConfig config, StepProgram step, @Nullable NarxSpec plant) {
    CsvConfig csv = config.requireCsv();
    TimeAxis axis = csv.axis();
    return new ModelDescription(
        ModelDescription.FORMAT,
        Objects.requireNonNullElse(config.run(), ""),
        csv.columns(),
        axis == null ? null : ModelDescription.Clock.of(axis),
        features(csv),
        csv.outputs(),
        plant == null ? Precision.FLOAT32 : Precision.FLOAT64,
        plant == null ? null : plant(plant, config.requireNarx(), step),
        step.asData());
  }

  private static Features features(CsvConfig csv) {
    if (!csv.inputs().isEmpty() || !csv.roles().known().isEmpty()) {
      return csv.features(csv.columns());
    }
    // A model without inputs takes a number in vain.
    String any = csv.targets().getFirst();
    var column = new Features.Column(any, csv.columns().indexOf(any), 0, 0, 1, Fill.ZERO, false);
    return new Features(List.of(column), null, 0, -1);
  }

  private static ModelDescription.Plant plant(NarxSpec spec, NarxConfig how, StepProgram step) {
    boolean atRest = how.freeRun().initial() == InitialOutputs.ZERO;
    return new ModelDescription.Plant(
        delays(step, "output.delay"),
        spec.inputs() == 0 ? List.of() : delays(step, "input.delay"),
        atRest ? 0 : spec.longestDelay(),
        !how.hasMemory());
  }

  /** States that hold a signal of some steps ago, one step ago first. */
  private static List<String> delays(StepProgram step, String prefix) {
    return step.state().arrays().stream()
        .map(array -> array.name())
        .filter(name -> name.startsWith(prefix))
        .toList();
  }
}
