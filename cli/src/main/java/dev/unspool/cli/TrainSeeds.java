// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Json;
import dev.unspool.cli.run.Architecture;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.NumberedFolders;
import dev.unspool.cli.run.Prepared;
import dev.unspool.cli.run.RunConfig;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.Task;
import dev.unspool.cli.search.SeedRuns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/**
 * What {@code train --seeds} does, and {@code resume} with its folder.
 *
 * @param folder that holds the runs
 * @param force whether what is there is thrown away
 */
record TrainSeeds(Path folder, boolean force, CommonOptions common) {

  /** Trains the runs of a command. */
  int begin(Train command, Architecture network) throws IOException {
    requireRoom(folder, force); // before the data are read: that may take long
    int threads = command.learning.training.threads;
    int parallel = threads > 0 ? Math.max(1, processors() / threads) : processors();
    if (threads == 0) {
      command.learning.training.threads = 1;
    }
    try (Prepared prepared = command.prepare(network, command.learning.training.seed)) {
      command.remark(prepared);
    }
    List<Long> seeds =
        LongStream.range(0, command.seeds)
            .map(i -> command.learning.training.seed + i)
            .boxed()
            .toList();
    try (FolderLock _ = FolderLock.take(folder, common.console())) {
      makeRoom(folder, force, common.console());
      return run(seeds, seed -> command.prepare(network, seed), parallel);
    }
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Goes on with the runs.
   *
   * @param changed how a run is trained from now on
   */
  int resume(UnaryOperator<RunConfig> changed) throws IOException {
    List<Long> seeds = SeedsFile.read(folder).seeds();
    RunFolder like = null;
    for (long seed : seeds) {
      var run = new RunFolder(SeedsFile.folder(folder, seed));
      like = like == null && Files.exists(run.config()) ? run : like;
    }
    if (like == null) {
      throw new RunException(
          "%s holds nothing yet: what was begun there was cut off before it came to that; give its command again, with --force"
              .formatted(folder));
    }
    RunFolder first = like;
    RunConfig model = changed.apply(first.readConfig());
    first.requireData(model, "--data FILE");
    int parallel = Math.max(1, processors() / Math.max(1, model.requireTraining().threads()));
    try (FolderLock _ = FolderLock.take(folder, common.console())) {
      return run(seeds, seed -> open(first, seed, changed), parallel);
    }
  }

  /** Of a run that is there, as it says; of one that is not there yet, like another. */
  private Prepared open(RunFolder like, long seed, UnaryOperator<RunConfig> changed)
      throws IOException {
    var run = new RunFolder(SeedsFile.folder(folder, seed));
    boolean begun = Files.exists(run.config());
    RunConfig found = begun ? run.readConfig() : like.readConfig().withSeed(seed);
    RunConfig config = changed.apply(found);
    Task task = Training.open(begun ? run : like, config);
    try {
      task.requireUnchanged();
      if (begun) {
        run.complete(config);
      }
      return new Prepared(config, task, null);
    } catch (IOException | RuntimeException | Error e) {
      task.close();
      throw e;
    }
  }

  /** Trains them; whoever calls holds the folder's lock. */
  private int run(List<Long> seeds, SeedRuns.Opener opener, int parallel) throws IOException {
    Console console = common.console();
    var runs = new SeedRuns(folder, seeds);
    try (Stop stop = Stop.onShutdown(Training.LATE)) {
      SeedsFile file = runs.train(opener, parallel, console, stop);
      if (file == null) {
        console.note("Stopped; to go on: unspool resume " + folder);
        return Training.STOPPED;
      }
      if (common.json) {
        console.result(Json.pretty(file));
        return 0;
      }
      console.note(
          "The best by validation is seed %s; commands that are given %s use it"
              .formatted(file.best(), folder));
      runs.describe(file).forEach(console::result);
      return 0;
    }
  }

  /** Refuses a folder in which something is that may not be thrown away; changes nothing. */
  static void requireRoom(Path folder, boolean force) throws IOException {
    new RunFolder(folder).requireFree(force);
    if (!SeedsFile.isIn(folder)) {
      return;
    }
    if (!force) {
      throw new RunException(
          "%s holds runs of several seeds already; go on with 'unspool resume %s', choose another --out, or throw them away with --force"
              .formatted(folder, folder));
    }
    NumberedFolders.requireDeletable(SeedsFile.runs(folder));
  }

  /**
   * Refuses a folder in which something is, or throws that away, if all of it may be. Whoever calls
   * holds the folder's lock.
   */
  static void makeRoom(Path folder, boolean force, Console console) throws IOException {
    requireRoom(folder, force);
    if (Files.exists(folder.resolve("config.json"))) {
      RunFolder.create(folder, true).withdraw();
    }
    if (!SeedsFile.isIn(folder)) {
      return;
    }
    NumberedFolders.delete(SeedsFile.runs(folder), console);
    SeedsFile.delete(folder);
  }
}
