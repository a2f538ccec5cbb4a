// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.Checkpoint;
import dev.unspool.cli.run.CsvConfig;
import dev.unspool.cli.run.FittingConfig;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.LimitConfig;
import dev.unspool.cli.run.ReportConfig;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.cli.run.SeriesData;
import dev.unspool.cli.run.SeriesStory;
import dev.unspool.cli.run.SeriesTask;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.run.TrainingConfig;
import dev.unspool.cli.run.TrainingRun;
import dev.unspool.cli.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Objects;
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

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description =
          "Go on learning from this table, which begins with the rows that were learned from and has"
              + " more behind them. Parts are cut anew; scales stay.")
  @Nullable Path csv;

  @Option(
      names = "--renormalise",
      description = "With --csv: scale columns by figures of the longer table's training part.")
  boolean renormalise;

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
      converter = ThreadCount.class,
      description = "Threads that share the work; auto (or 0): as many as a step is worth.")
  @Nullable Integer threads;

  @Mixin CommonOptions common = new CommonOptions();

  @Override
  public Integer call() throws IOException {
    UsageException.require(csv != null || !renormalise, "--renormalise is for --csv FILE");
    UsageException.require(
        csv == null || data == null,
        "--data is where the run's own table is, and excludes a longer one: leave out --csv");
    if (SeedsFile.isIn(run)) {
      UsageException.require(
          csv == null, "--csv is for one run; go on with each of its folders by itself");
      return new TrainSeeds(run, false, common).resume(this::changed);
    }
    RunFolder folder = RunFolder.open(run);
    if (folder.readConfig().isFit()) {
      TrainingOptions.requireEffect(patience, folder.readConfig().validates());
      UsageException.require(
          csv == null,
          "--csv is for runs of 'unspool train'; a fit of a longer table is 'unspool fit --from %s --csv FILE'"
              .formatted(run));
      return ResumeFit.run(run, data, format, this::changed, common);
    }
    try (FolderLock _ = FolderLock.take(run, common.console())) {
      RunConfig config = changed(folder.readConfig());
      if (csv != null) {
        return learnMore(folder, config);
      }
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

  /** Goes on with a table that has grown. */
  private int learnMore(RunFolder folder, RunConfig config) throws IOException {
    CsvConfig before = config.csv();
    if (before == null || config.network() == null) {
      throw new UsageException(
          "--csv is for networks that were trained on a table, which %s is not".formatted(run));
    }
    UsageException.require(
        folder.hasCheckpoint(config), run + " has no checkpoint to go on from; train anew");
    try (SeriesTask task = SeriesTask.grown(before, renormalise, folder.architecture(config))) {
      RunConfig longer = prolonged(folder, config.with(task.config()));
      SeriesData rows = task.data();
      CsvConfig.Facts learned = Objects.requireNonNull(before.facts());
      common
          .console()
          .note(
              "%s new rows behind the %s that were learned from, up to %s"
                  .formatted(
                      rows.end() - learned.learned(),
                      learned.learned(),
                      rows.label(rows.end() - 1)));
      SeriesStory.of(rows).forEach(common.console()::note);
      TrainingRun.requirePossible(longer, task);
      folder.complete(longer);
      try (Stop stop = Stop.onShutdown(Training.LATE)) {
        return Training.run(folder, longer, task, common, stop, TrainingRun::run);
      }
    }
  }

  /**
   * A run whose epochs are over gets half as many again, unless somebody says how long it goes on.
   */
  private RunConfig prolonged(RunFolder folder, RunConfig config) throws IOException {
    if (epochs != null || maxMinutes != null || maxUpdates != null) {
      return config;
    }
    TrainingConfig training = config.requireTraining();
    LimitConfig limit = training.limit();
    UsageException.require(
        limit.epochs() > 0 && limit.maxMinutes() == 0 && limit.maxUpdates() == 0,
        "say how long it goes on, altogether, with --epochs, --max-minutes or --max-updates");
    if (Checkpoint.of(folder.checkpoints().about()).epoch() <= limit.epochs()) {
      return config;
    }
    int more = Math.ceilDiv(limit.epochs(), 2);
    common
        .console()
        .note(
            "Its epochs are over: %s more (--epochs says how many altogether)"
                .formatted(Numbers.count(more, "epoch")));
    return config.with(
        training.with(
            new LimitConfig(
                limit.epochs() + more, limit.patience(), limit.maxMinutes(), limit.maxUpdates())));
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
    TrainingOptions.requireEffect(patience, config.validates());
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
    return format.at(config.with(training), csv != null ? csv : data);
  }
}
