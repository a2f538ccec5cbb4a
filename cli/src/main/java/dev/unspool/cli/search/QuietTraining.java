// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.search;

import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.Figures;
import dev.unspool.cli.run.FolderLock;
import dev.unspool.cli.run.MappedData;
import dev.unspool.cli.run.Prepared;
import dev.unspool.cli.run.RunException;
import dev.unspool.cli.run.RunFolder;
import dev.unspool.cli.run.Stop;
import dev.unspool.cli.run.TrainingRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One training of several, which goes on where its folder says that it was. It leaves an ordinary
 * run. Of what it would say, only what is not as it should be is said, under its name.
 *
 * @param name in messages
 * @param folder of the run
 */
record QuietTraining(String name, Path folder) {
  private static final String PROGRAM = "unspool: ";

  /**
   * How it ended.
   *
   * @param epochs that are over
   * @param validation the smallest validation loss; not finite if there was none
   * @param figures null if it has not ended, but was stopped, or has come to the epoch asked for
   * @param lost why it is no training that counts; null if it is one
   */
  record Result(int epochs, double validation, @Nullable Figures figures, @Nullable String lost) {}

  /**
   * Trains.
   *
   * @param prepared the run; not closed
   * @param until number of epochs; it is not more than what the run is configured for
   * @throws RunException if the folder holds another run
   */
  Result train(Prepared prepared, int until, Console console, Stop stop) throws IOException {
    try (FolderLock _ = FolderLock.take(folder, console)) {
      RunFolder run = new RunFolder(folder);
      boolean begun = Files.exists(run.config());
      if (begun) {
        requireSame(run, prepared);
      } else {
        run = RunFolder.create(folder, false);
      }
      return train(run, begun, prepared, until, console, stop);
    }
  }

  private Result train(
      RunFolder run, boolean begun, Prepared prepared, int until, Console console, Stop stop)
      throws IOException {
    var training = new TrainingRun(run, prepared.config(), prepared.task(), quiet(console), stop);
    training.pauseAfter(until);
    try {
      Figures figures =
          MappedData.read(
              prepared.config(), () -> begun ? training.run() : training.begin(prepared.first()));
      List<String> problems = training.problems();
      String lost = training.diverged() ? problems.getFirst() : null;
      if (lost == null) {
        problems.forEach(problem -> console.warn("%s: %s".formatted(name, problem)));
      }
      return new Result(training.epochs(), training.validation(), figures, lost);
    } catch (RunException e) {
      run.withdraw(e);
      if (training.diverged()) {
        return new Result(training.epochs(), Double.NaN, null, e.getMessage());
      }
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      run.withdraw(e);
      throw e;
    }
  }

  private static void requireSame(RunFolder run, Prepared prepared) throws IOException {
    if (!Objects.equals(run.readConfig().run(), prepared.config().run())) {
      throw new RunException(
          "%s holds another run than the one that belongs there: its data have changed, or another version began it; put the data back, choose another --out, or throw it away with --force"
              .formatted(run.path()));
    }
  }

  private Console quiet(Console console) {
    var err =
        new PrintWriter(Writer.nullWriter()) {
          @Override
          public void println(String line) {
            String said = line.startsWith(PROGRAM) ? line.substring(PROGRAM.length()) : line;
            console.warn("%s: %s".formatted(name, said));
          }
        };
    return new Console(err, err, true, false, 80);
  }
}
