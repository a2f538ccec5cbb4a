// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.model.TableModel;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Reason;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TextTask;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.onnx.OnnxExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
      "The graph takes inputs and state and gives outputs and the new state, in float32. Of a table, both"
          + " are normalised: how is printed, a line a column.",
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
      names = "--forecaster",
      description = {
        "Write forecaster.json into RUN, which a service reads (docs/service.md). New runs have it."
      })
  boolean forecaster;

  @Mixin CommonOptions common = new CommonOptions();

  /** What is exported, and how columns become its inputs and outputs. */
  private record Content(TrainedModel model, List<String> scaling) {}

  @Override
  public Integer call() throws IOException {
    if (onnx == null && !forecaster) {
      throw new UsageException("an export needs --onnx FILE, or --forecaster");
    }
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.readConfig();
    if (forecaster) {
      if (config.csv() == null) {
        throw new UsageException(
            "%s is a model of text; --forecaster is for models of tables".formatted(run));
      }
      folder.writeForecaster(config);
    }
    if (onnx != null) {
      write(folder, config, onnx);
    }
    return 0;
  }

  private void write(RunFolder folder, RunConfig config, Path file) throws IOException {
    Content content = config.text() != null ? text(folder, config) : table(folder, config);
    try {
      OnnxExport.write(content.model.step(), content.model.theta(), file);
    } catch (IOException e) {
      throw new RunException("could not write %s: %s".formatted(file, Reason.of(e)));
    } catch (IllegalArgumentException e) {
      throw new RunException("%s: %s".formatted(run, e.getMessage()));
    }
    Console console = common.console();
    if (common.json) {
      var json = new LinkedHashMap<String, Object>();
      json.put("file", file.toString());
      json.put("scaling", content.scaling);
      console.result(Json.pretty(json));
    } else {
      content.scaling.forEach(console::result);
    }
  }

  private Content table(RunFolder folder, RunConfig config) throws IOException {
    TableModel model = TableModel.read(folder, config);
    if (model.standing() != null) {
      common.console().warn("%s: %s".formatted(run, model.standing()));
    }
    return new Content(model.trained(), config.requireCsv().scaling());
  }

  private static Content text(RunFolder folder, RunConfig config) throws IOException {
    try (TextTask task =
        TextTask.withoutText(
            Objects.requireNonNull(config.text()),
            folder.architecture(config),
            folder.vocabulary())) {
      return new Content(TrainedModel.read(folder, config, task.program()), List.of());
    }
  }
}
