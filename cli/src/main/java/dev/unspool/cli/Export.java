// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.model.PlantModel;
import dev.unspool.cli.model.TableModel;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.report.Reason;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TextTask;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.model.Parameters;
import dev.unspool.onnx.OnnxExport;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Outputs;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unspool export}. */
@Command(
    name = "export",
    header = "Write a trained model for other programs, as ONNX or for a service in Java.",
    description = {
      "",
      "Of a table, the graph takes numbers as they stand in it, with the state, and gives predictions in the"
          + " targets' own units and the new state; what its numbers are stands in its metadata"
          + " (docs/service.md). Of text, it takes class indices and gives logits.",
    },
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool export runs/sunspots --onnx sunspots.onnx",
      "  unspool export runs/plant-fit --onnx plant.onnx --json",
    })
final class Export implements Callable<Integer> {
  @picocli.CommandLine.Parameters(
      paramLabel = "RUN",
      description = "Folder that 'unspool train' or 'unspool fit' made.")
  Path run = Path.of("");

  @Option(names = "--onnx", paramLabel = "FILE", description = "The file to write.")
  @Nullable Path onnx;

  @Option(
      names = "--raw",
      description = {
        "Of a table, write the network alone: inputs and outputs are normalised, in float32, and how is"
            + " printed, a line a column."
      })
  boolean raw;

  @Option(
      names = "--forecaster",
      description = {
        "Write forecaster.json into RUN, which a service reads (docs/service.md). New runs have it."
      })
  boolean forecaster;

  @Mixin CommonOptions common = new CommonOptions();

  /** What was written, for {@code --json}. */
  private final Map<String, Object> said = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    if (onnx == null && !forecaster) {
      throw new UsageException("an export needs --onnx FILE, or --forecaster");
    }
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.readConfig();
    if (onnx != null) {
      var destination = new Destination("--onnx", onnx);
      destination.requireNone(config.file().isEmpty() ? null : Path.of(config.file()));
      destination.requireOutside(run, ".onnx");
    }
    if (forecaster) {
      if (config.csv() == null) {
        throw new UsageException(
            "%s is a model of text; --forecaster is for models of tables".formatted(run));
      }
      said.put("forecaster", folder.writeForecaster(config).toString());
    }
    if (onnx != null) {
      write(folder, config, onnx);
    }
    if (common.json) {
      common.console().result(Json.pretty(said));
    }
    return 0;
  }

  private void write(RunFolder folder, RunConfig config, Path file) throws IOException {
    try {
      if (config.text() != null) {
        text(folder, config, file);
      } else {
        table(folder, config, file);
      }
    } catch (IllegalArgumentException e) {
      throw new RunException("%s: %s".formatted(run, e.getMessage()));
    }
  }

  private void text(RunFolder folder, RunConfig config, Path file) throws IOException {
    try (TextTask task =
        TextTask.withoutText(
            Objects.requireNonNull(config.text()),
            folder.architecture(config),
            folder.vocabulary())) {
      TrainedModel model = TrainedModel.read(folder, config, task.program());
      written(file, () -> OnnxExport.write(model.step(), model.theta(), file));
    }
    say(file, "scaling", List.of());
  }

  private void table(RunFolder folder, RunConfig config, Path file) throws IOException {
    TableModel model = TableModel.read(folder, config);
    if (model.standing() != null) {
      common.console().warn("%s: %s".formatted(run, model.standing()));
    }
    Parameters theta = model.trained().theta();
    if (raw) {
      written(file, () -> OnnxExport.write(model.trained().step(), theta, file));
      say(file, "scaling", config.requireCsv().scaling());
      return;
    }
    ModelDescription description = folder.describe(config);
    StepProgram step =
        model instanceof PlantModel plant
            ? plant.saved().model().narx().guidedLoop()
            : model.trained().step();
    var about = Map.of("unspool.version", Main.Version.number());
    written(file, () -> OnnxExport.write(step, theta, description, about, file));
    say(file, "numbers", numbers(description));
  }

  /** What goes in and comes out, a line each. */
  private static List<String> numbers(ModelDescription description) {
    var lines = new ArrayList<String>();
    for (String name : description.features().names()) {
      lines.add("x[%s] = %s".formatted(lines.size(), name));
    }
    Outputs outputs = description.outputs();
    for (int target = 0; target < outputs.targets().size(); target++) {
      for (int h = 0; h < outputs.horizons().size(); h++) {
        int ahead = outputs.horizons().get(h);
        lines.add(
            "y[%s][%s] = %s%s"
                .formatted(
                    target,
                    h,
                    outputs.targets().get(target).name(),
                    ahead == 0 ? "" : ", %s ahead".formatted(Numbers.count(ahead, "row"))));
      }
    }
    return lines;
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private static void written(Path file, Writing writing) throws RunException {
    try {
      writing.run();
    } catch (IOException e) {
      throw new RunException("could not write %s: %s".formatted(file, Reason.ofWriting(e)));
    }
  }

  private void say(Path file, String what, List<String> lines) {
    said.put("file", file.toString());
    said.put(what, lines);
    if (!common.json) {
      lines.forEach(common.console()::result);
    }
  }
}
