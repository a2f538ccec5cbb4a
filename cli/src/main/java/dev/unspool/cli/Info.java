// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.fit.FitFolder;
import dev.unspool.cli.fit.FitStatus;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.CsvLine;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.report.Labels;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.NetworkConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.RunStatus;
import dev.unspool.cli.run.TextConfig;
import dev.unspool.cli.run.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code unspool info}. */
@Command(
    name = "info",
    header = "Say what is in the folder of a run or a fit.",
    sortOptions = false,
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool info runs/sunspots",
      "  unspool info runs/sunspots --json",
      "  unspool info runs/plant-fit",
    })
@SuppressWarnings("AvoidCommonTypeNames") // the command's name
final class Info implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      description = "Folder that 'unspool train' or 'unspool fit' made.")
  Path run = Path.of("");

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    RunFolder folder = RunFolder.open(run);
    if (folder.readConfig().narx() != null) {
      return fitted(FitStatus.read(new FitFolder(run)));
    }
    RunStatus status = RunStatus.read(folder);
    Console console = common.console();
    if (common.json) {
      console.result(Json.pretty(status));
    } else {
      describe(status).forEach(console::result);
    }
    return 0;
  }

  private int fitted(FitStatus status) {
    Console console = common.console();
    if (common.json) {
      console.result(Json.pretty(status));
      return 0;
    }
    var lines = new ArrayList<String>();
    status.describe().forEach((name, texts) -> named(name, texts, lines));
    lines.forEach(console::result);
    console.note("'unspool simulate --model %s --csv FILE' uses it".formatted(status.folder()));
    return 0;
  }

  /** After the last epoch, the one that would come next is not news. */
  private static String epoch(int current, int epochs) {
    return epochs > 0 && current > epochs
        ? "after " + Numbers.count(epochs, "epoch")
        : "in epoch " + current;
  }

  private static List<String> describe(RunStatus status) {
    RunConfig config = status.config();
    var lines = new ArrayList<String>();
    lines.add(line("run", status.folder()));
    lines.add(line("data", data(config)));
    lines.add(line("network", network(config.requireNetwork())));
    named("equations", status.equations(), lines);
    if (config.from() != null) {
      lines.add(line("from", config.from()));
    }
    if (config.fitting() != null) {
      lines.add(line("fitting", config.fitting().describe()));
      judged(status, lines);
    } else {
      trained(status, config.requireTraining(), lines);
    }
    lines.add(line("files", String.join(", ", status.files())));
    return lines;
  }

  private static void trained(RunStatus status, TrainingConfig training, List<String> lines) {
    lines.add(line("training", training(training)));
    RunStatus.Checkpoint checkpoint = status.checkpoint();
    lines.add(
        line(
            "checkpoint",
            checkpoint == null
                ? "none yet"
                : "update %s, %s, %s parameters"
                    .formatted(
                        checkpoint.update(),
                        epoch(checkpoint.epoch(), training.epochs()),
                        checkpoint.parameters())));
    if (checkpoint != null) {
      lines.add(line("", "newest weights: 'unspool resume' goes on from them"));
      lines.add(
          line(
              "",
              checkpoint.bestUpdate() == 0
                  ? "best weights: none yet; the newest are used in their place"
                  : "best weights: of update %s, in %s; figures and forecasts are theirs"
                      .formatted(checkpoint.bestUpdate(), RunFolder.BEST_WEIGHTS)));
    }
    if (status.figures() == null) {
      lines.add(line("figures", "none yet; 'unspool resume' finishes the run"));
    } else {
      status.figures().describe().forEach(figure -> lines.add(line("figures", figure)));
    }
  }

  private static void judged(RunStatus status, List<String> lines) {
    if (status.unfinished() != null) {
      lines.add(line("figures", "none yet: " + status.unfinished().standing()));
      lines.add(line("", "'unspool resume %s' goes on from there".formatted(status.folder())));
    } else if (status.figures() == null) {
      lines.add(line("figures", "none: metrics.json is not there"));
    } else {
      status.figures().describe().forEach(figure -> lines.add(line("figures", figure)));
    }
  }

  private static void named(String name, List<String> texts, List<String> lines) {
    for (int i = 0; i < texts.size(); i++) {
      lines.add(line(i == 0 ? name : "", texts.get(i)));
    }
  }

  private static String line(String name, String value) {
    return "%-12s%s".formatted(name, value);
  }

  private static String data(RunConfig config) {
    CsvConfig csv = config.csv();
    TextConfig text = config.text();
    if (csv != null) {
      CsvConfig.Facts facts = csv.facts();
      return "%s: %s from %s, %s ahead%s"
          .formatted(
              csv.file(),
              CsvLine.list(csv.targets()),
              CsvLine.list(csv.inputs()),
              Numbers.count(csv.horizon(), "row"),
              facts == null ? "" : ", " + rows(facts));
    }
    if (text == null) {
      return "none";
    }
    TextConfig.Facts facts = text.facts();
    return "%s: %s%s"
        .formatted(
            text.file(),
            Labels.of(text.tokens()),
            facts == null ? "" : ", " + Numbers.count(facts.tokens(), "token"));
  }

  private static String rows(CsvConfig.Facts facts) {
    String rows = Numbers.count(facts.rows(), "row");
    return facts.skippedRows() == 0
        ? rows
        : "%s (%s left out)".formatted(rows, Numbers.count(facts.skippedRows(), "bad one"));
  }

  private static String network(NetworkConfig network) {
    NetworkConfig.Stack around = network.around();
    var words = new ArrayList<String>();
    words.add(network.cell());
    words.add(
        "%s of %s"
            .formatted(
                Numbers.count(network.layers(), "layer"),
                around.hidden().size() == 1
                    ? Numbers.count(network.hidden(), "unit")
                    : list(around.hidden()) + " units"));
    words.addAll(around.residual() ? List.of("residual") : List.of());
    words.addAll(around.norm() ? List.of("norm") : List.of());
    words.addAll(around.skip() ? List.of("skip") : List.of());
    words.addAll(around.head().isEmpty() ? List.of() : List.of("head " + list(around.head())));
    words.addAll(network.dropout() > 0 ? List.of("dropout " + network.dropout()) : List.of());
    words.addAll(network.init() == null ? List.of() : List.of("init " + network.init()));
    return String.join(", ", words);
  }

  private static String list(List<Integer> widths) {
    return String.join(",", widths.stream().map(String::valueOf).toList());
  }

  private static String training(TrainingConfig training) {
    return "TBPTT(%s, %s), loss at %s, %s, %s, %s, rate %s (%s)"
        .formatted(
            training.k1(),
            training.k2(),
            training.lossAt(),
            Numbers.count(training.lanes(), "lane"),
            Numbers.count(training.epochs(), "epoch"),
            Labels.of(training.optimizer()),
            Numbers.of(training.lr()),
            Labels.of(training.schedule()));
  }
}
