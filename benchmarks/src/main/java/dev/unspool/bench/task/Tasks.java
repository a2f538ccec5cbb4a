// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench.task;

import dev.unspool.network.Cell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All tasks, with their data. */
public final class Tasks implements AutoCloseable {
  private final List<Task> tasks = new ArrayList<>();

  private Tasks() {}

  /**
   * Reads the data, and makes up what is made up.
   *
   * @param series files whose last columns are to be forecast
   */
  public static Tasks open(List<Path> series) throws IOException {
    var all = new Tasks();
    try {
      for (Path file : series) {
        all.tasks.add(SeriesTask.read(file));
      }
      all.tasks.addAll(List.of(new CopyingTask(), new SummingTask(), new TextTask()));
      return all;
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /**
   * Refuses data that this setting cannot learn from, before anything is measured.
   *
   * @throws IllegalArgumentException if a table is too short
   */
  public void require(Setting setting) {
    tasks.forEach(task -> task.training(setting.lanes(), 0));
  }

  /**
   * Has a cell learn each of them.
   *
   * @param results takes each as soon as it is there
   */
  public void learn(Cell cell, Setting setting, Consumer<Result> results) {
    for (Task task : tasks) {
      results.accept(Result.of(task, cell, setting));
    }
  }

  @Override
  public void close() {
    tasks.forEach(Task::close);
  }
}
