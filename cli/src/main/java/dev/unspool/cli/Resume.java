// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.LimitConfig;
import dev.unspool.cli.run.ReportConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TrainingConfig;
import dev.unspool.cli.run.TrainingRun;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code unspool resume}. */
@Command(
    name = "resume",
    header = "Go on with a run from its checkpoint, exactly as if it had never stopped.",
    description = {
      "",
      "A fit that was cut off goes on from its best weights so far, not bit for bit. It takes --data"
          + " with --separator, --decimal and --skip-bad-rows, --patience (in iterations) and"
          + " --max-minutes, and none of the others that say how a training goes on.",
    },
    sortOptions = false,
    optionListHeading = "%nOptions (what is not given stays as it was):%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  unspool resume runs/sunspots",
      "  unspool resume runs/novel --epochs 20",
      "  unspool resume runs/diverged --lr 0.001",
    })
final class Resume implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "Folder of the run.")
  Path run = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Where the table or text is now, if it was moved.")
  @Nullable Path data;

  @Mixin FormatOptions format = new FormatOptions();

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "Another learning rate, for a training that diverged or does not get on.")
  @Nullable Double lr;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "Passes over the training part altogether. A cosine schedule is stretched to them.")
  @Nullable Integer epochs;

  @Option(
      names = "--patience",
      paramLabel = "EPOCHS",
      description = "End after so many epochs without a better validation loss; 0: never.")
  @Nullable Integer patience;

  @Option(
      names = "--max-minutes",
      paramLabel = "MINUTES",
      description =
          "End after so many minutes altogether, of a fit after so many more; 0: no limit. A cosine"
              + " schedule is stretched to them.")
  @Nullable Double maxMinutes;

  @Option(
      names = "--max-updates",
      paramLabel = "N",
      description = "End after so many updates altogether; 0: no limit.")
  @Nullable Long maxUpdates;

  @Option(
      names = "--report-every",
      paramLabel = "SECONDS",
      description = "Seconds between two lines of progress.")
  @Nullable Double reportEvery;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "SECONDS",
      description = "Most seconds between two checkpoints.")
  @Nullable Double checkpointEvery;

  @Option(
      names = "--checkpoint-updates",
      paramLabel = "N",
      description = "Most updates between two checkpoints; 0: any number.")
  @Nullable Long checkpointUpdates;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that share the work; 0: one a processor.")
  @Nullable Integer threads;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    if (SeedsFile.isIn(run)) {
      return new TrainSeeds(run, false, common).resume(this::changed);
    }
    RunFolder folder = RunFolder.open(run);
    if (folder.readConfig().isFit()) {
      return ResumeFit.run(run, data, format, this::changed, common);
    }
    try (FolderLock _ = FolderLock.take(run, common.console())) {
      RunConfig config = changed(folder.readConfig());
      folder.requireData(config, "--data FILE");
      folder.hasCheckpoint(config);
      try (Task task = Training.open(folder, config)) {
        task.requireUnchanged();
        folder.complete(config);
        try (Stop stop = Stop.onShutdown(Training.LATE)) {
          return Training.run(folder, config, task, common, stop, TrainingRun::run);
        }
      }
    }
  }

  private FittingConfig changed(FittingConfig old) {
    var given = new LinkedHashMap<String, @Nullable Object>();
    given.put("--lr", lr);
    given.put("--epochs", epochs);
    given.put("--max-updates", maxUpdates);
    given.put("--report-every", reportEvery);
    given.put("--checkpoint-every", checkpointEvery);
    given.put("--checkpoint-updates", checkpointUpdates);
    given.put("--threads", threads);
    given.forEach(
        (option, value) -> {
          if (value != null) {
            throw new UsageException(
                "%s does not go with %s, which is a fit: resume it with --data, --patience or --max-minutes only"
                    .formatted(option, run));
          }
        });
    return old.withLimits(
        patience != null ? patience : old.limit().patience(), maxMinutes != null ? maxMinutes : 0);
  }

  private RunConfig changed(RunConfig config) {
    TrainingConfig old = config.requireTraining();
    LimitConfig limit = old.limit();
    ReportConfig report = old.report();
    TrainingConfig training =
        old.with(lr != null ? old.rate().withRate(lr) : old.rate())
            .with(
                new LimitConfig(
                    epochs != null ? epochs : limit.epochs(),
                    patience != null ? patience : limit.patience(),
                    maxMinutes != null ? maxMinutes : limit.maxMinutes(),
                    maxUpdates != null ? maxUpdates : limit.maxUpdates()))
            .with(
                new ReportConfig(
                    reportEvery != null ? reportEvery : report.reportEvery(),
                    checkpointEvery != null ? checkpointEvery : report.checkpointEvery(),
                    checkpointUpdates != null ? checkpointUpdates : report.checkpointUpdates()))
            .withThreads(threads != null ? threads : old.threads());
    return format.at(config.with(training), data);
  }
}
