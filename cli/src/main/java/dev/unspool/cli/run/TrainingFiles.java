// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli.run;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.report.Reason;
import dev.unspool.cli.report.Report;
import dev.unspool.model.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a training writes while it goes on. What is written now and then may fail: a disk that is
 * full for a while is said once for each file, and no reason to lose the training.
 */
final class TrainingFiles {
  /** How many rows a table had that grows: where a pass over a shorter one stood says nothing. */
  private static final String ROWS = "rows";

  private final RunFolder folder;
  private final RunConfig run;
  private final Task task;
  private final Console console;
  private final Set<Path> missing = new HashSet<>();
  private long keptBest = -1;
  private boolean grown;
  private @Nullable FolderPlace place;

  TrainingFiles(RunFolder folder, RunConfig run, Task task, Console console) {
    this.folder = folder;
    this.run = run;
    this.task = task;
    this.console = console;
  }

  /**
   * Makes the folder a run, or goes on from the checkpoint of one; what was done after it is
   * forgotten.
   *
   * @param anew whether the run is a new one
   */
  void begin(TrainingState state, boolean anew) throws IOException {
    place = FolderPlace.of(folder.path());
    if (anew) {
      task.keep(folder);
      checkpoint(state);
      folder.complete(run);
    } else if (folder.hasCheckpoint(run)) {
      Snapshot stored = folder.checkpoints().read(state.theta).state();
      grown = grownTo() > 0 && rows(stored) != grownTo();
      state.load(stored, run.requireTraining().limit().patience(), grown);
      console.note("Going on after update " + state.trainer.updates());
    }
    attempt(
        folder.metrics(), () -> folder.log().truncate(state.trainer.updates(), state.reports()));
  }

  /** Whether the data have grown since the checkpoint that was read. */
  boolean haveGrown() {
    return grown;
  }

  /** Rows of a table that has grown since the run began; 0 of all other data. */
  private long grownTo() {
    CsvConfig.Facts facts = run.csv() == null ? null : run.csv().facts();
    return facts == null || facts.before() == 0 ? 0 : facts.rows();
  }

  private static long rows(Snapshot stored) {
    return stored.in("run").has(ROWS) ? stored.in("run").number(ROWS) : 0;
  }

  /** Appends a report. */
  void report(Report report, TrainingState state) throws RunException {
    attempt(
        folder.metrics(),
        () -> {
          folder.log().append(report);
          state.reported();
        });
  }

  /** Writes a checkpoint if that is possible at present. */
  void attemptCheckpoint(TrainingState state) throws RunException {
    attempt(folder.checkpoints().path(), () -> checkpoint(state));
  }

  /** Writes a checkpoint, and the best weights if they are others than last time. */
  void checkpoint(TrainingState state) throws IOException {
    requireThere();
    var about =
        new Checkpoint(
            state.trainer.updates(),
            state.trainer.epoch(),
            state.theta.layout().size(),
            state.best.exist() ? state.bestUpdate : 0,
            run.run());
    Snapshot snapshot = state.save();
    if (grownTo() > 0) {
      snapshot.in("run").put(ROWS, grownTo());
    }
    folder.checkpoints().write(state.theta, snapshot, about.about());
    // After the checkpoint, so that they never belong to a future that a crash has undone.
    if (state.best.exist() && state.bestUpdate != keptBest) {
      var said = new TreeMap<String, String>();
      said.put("format", "pt");
      said.put("weights", "the best on the validation part");
      if (run.run() != null) {
        said.put("run", run.run());
      }
      said.put("update", Long.toString(state.bestUpdate));
      said.put("validation", Double.toString(state.best.best()));
      var digest = new Digest();
      said.values().forEach(text -> digest.with(text.getBytes(UTF_8)));
      said.put("crc32c", digest.with(state.best.weights().toDoubles()).toString());
      Safetensors.write(folder.bestWeights(), Tensor.byName(state.best.weights()), said);
      keptBest = state.bestUpdate;
    }
  }

  /** Writing into a folder that has gone would make one that is no run. */
  void requireThere() throws RunException {
    if (place != null) {
      place.requireThere();
    }
  }

  @FunctionalInterface
  private interface Writing {
    void run() throws IOException;
  }

  private void attempt(Path file, Writing writing) throws RunException {
    requireThere();
    try {
      writing.run();
    } catch (IOException e) {
      if (missing.add(file)) {
        console.warn("could not write %s: %s; training goes on".formatted(file, Reason.of(e)));
      }
    }
  }
}
