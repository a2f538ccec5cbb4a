// SPDX-License-Identifier: Apache-2.0
package dev.unspool.inference;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.Parameters;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.predict.Calendar;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Precision;
import dev.unspool.predict.TimeAxis;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A folder with a model of a table of hourly loads, as a training leaves it.
 *
 * @param folder where it is
 * @param description of the model
 * @param step its equations
 * @param theta its weights
 */
record RunOnDisk(Path folder, ModelDescription description, StepProgram step, Parameters theta) {
  static final List<String> COLUMNS = List.of("load", "wind", "holiday");
  static final TimeAxis AXIS =
      TimeAxis.every(Instant.parse("2024-01-01T00:00:00Z"), 3_600_000, ZoneOffset.UTC);

  /** Reads the load, the wind, whether tomorrow's hour is a holiday, and the hour. */
  static Features features() {
    return new Features(
        List.of(
            new Features.Column("load", 0, 0, 3000, 250, Fill.LAST, true),
            new Features.Column("wind", 1, 0, 10, 4, Fill.ZERO, false),
            new Features.Column("holiday", 2, 2, 0, 1, Fill.LAST, false)),
        new Calendar(List.of(Calendar.Part.HOUR)),
        2,
        6);
  }

  static Outputs outputs(int... horizons) {
    var units = Arrays.stream(horizons).mapToObj(h -> 40.0 * h).toList();
    return new Outputs(
        List.of(new Outputs.Target("load", true, 3000, units)),
        Arrays.stream(horizons).boxed().toList(),
        Outputs.Law.VALUE,
        List.of());
  }

  static RunOnDisk write(Path folder, String name, long seed, Features features, Outputs outputs)
      throws IOException {
    StepProgram step =
        new Network(NetworkSpec.of(Cell.GRU, features.count(), 6, outputs.count())).program();
    Parameters theta = step.initialise(new SplitMix64(seed));
    var description =
        new ModelDescription(
            ModelDescription.FORMAT,
            name,
            COLUMNS,
            ModelDescription.Clock.of(AXIS),
            features,
            outputs,
            Precision.FLOAT32,
            null,
            step.asData());
    Files.createDirectories(folder);
    Files.write(folder.resolve("forecaster.json"), description.toJson());
    Safetensors.write(
        folder.resolve("best.safetensors"), Tensor.byName(theta), Map.of("run", name));
    return new RunOnDisk(folder, description, step, theta);
  }
}
