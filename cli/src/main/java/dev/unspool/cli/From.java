// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.SavedPlant;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.TableFormat;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TextConfig;
import dev.unspool.cli.run.TextTask;
import dev.unspool.cli.run.TrainedModel;
import dev.unspool.cli.run.UsageException;
import dev.unspool.network.Network;
import dev.unspool.step.StepProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The folder whose weights a new run begins with.
 *
 * @param folder where they are
 * @param config what they are of
 */
record From(RunFolder folder, RunConfig config) {
  static From open(Path path) throws IOException {
    RunFolder folder = RunFolder.open(path);
    return new From(folder, folder.readConfig());
  }

  /** The same of a model of a table. */
  static From table(Path path) throws IOException {
    From from = open(path);
    if (from.config.csv() == null) {
      throw new UsageException(
          "%s is a model of text, which is not made by least squares; go on with 'unspool train --from %s'"
              .formatted(path, path));
    }
    return from;
  }

  /** Its table. */
  CsvConfig csv() {
    return config.requireCsv();
  }

  /** Whether it is a NARX model; else it is a network. */
  boolean isPlant() {
    return config.narx() != null;
  }

  /**
   * The table of the new run: that of the folder, or another with the same columns and scales.
   *
   * @param file another table, or where its own is now; null for where it was
   * @param written how that is written
   * @param spec of the command, for whether --valid and --test are given
   */
  CsvConfig table(@Nullable Path file, TableFormat written, CommandSpec spec) throws IOException {
    CsvConfig table = csv();
    if (spec.commandLine().getParseResult().hasMatchedOption("--text")) {
      throw new UsageException(
          "%s is a model of a table, and --text is for texts; use --csv FILE"
              .formatted(folder.path()));
    }
    if (file != null) {
      table = table.at(file.toString(), written);
    } else {
      folder.requireData(config, "--csv FILE");
    }
    return table.parts(given(spec, "--valid"), given(spec, "--test"));
  }

  /** What the network is made of. */
  Architecture architecture() throws IOException {
    return folder.architecture(config);
  }

  /** The text of the new run: that of the folder, or another with the same words. */
  TextTask text(DataOptions data, Architecture network, CommandSpec spec) throws IOException {
    if (data.csv != null) {
      throw new UsageException(
          "%s is a model of text, and --csv is for tables; use --text FILE"
              .formatted(folder.path()));
    }
    UsageException.requireNone(
        data.ofTables(), "does not go with a model of text, which %s is".formatted(folder.path()));
    TextConfig text = Objects.requireNonNull(config.text());
    if (data.text != null) {
      text = text.at(data.text.toString());
    } else {
      folder.requireData(config, "--text FILE");
    }
    return TextTask.anew(
        text, given(spec, "--valid"), given(spec, "--test"), network, folder.vocabulary());
  }

  /**
   * Its best weights, for another run.
   *
   * @throws UsageException if the other network has another shape
   */
  TrainedModel trained(Task other) throws IOException {
    if (isPlant()) {
      return SavedPlant.read(folder).trained();
    }
    StepProgram asked = other.program();
    Architecture own = architecture();
    var network =
        new Network(config.text() != null ? config.spec(own, asked.outputs()) : config.spec(own));
    TrainedModel trained = TrainedModel.read(folder, config, network.program());
    if (!trained.theta().layout().equals(asked.parameters())) {
      throw new UsageException(
          "the network of %s (%s) has other weights than the one asked for (%s); leave out what says how it is built"
              .formatted(folder.path(), network, other.describe()));
    }
    return trained;
  }

  static String withoutEnd(Path folder) {
    return folder.toString().replaceFirst("[/\\\\]+$", "");
  }

  private static @Nullable Double given(CommandSpec spec, String option) {
    var parsed = spec.commandLine().getParseResult();
    return parsed.hasMatchedOption(option) ? parsed.matchedOptionValue(option, 0.0) : null;
  }

  /** Refuses options that say what {@code --from} says. */
  static void refuse(CommandSpec spec, Set<String> options, String because) {
    var parsed = spec.commandLine().getParseResult();
    options.stream()
        .sorted()
        .filter(parsed::hasMatchedOption)
        .findFirst()
        .ifPresent(
            option -> {
              throw new UsageException("%s does not go with --from: %s".formatted(option, because));
            });
  }
}
